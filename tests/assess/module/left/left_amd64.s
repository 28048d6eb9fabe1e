// want: assembly left_amd64.s
TEXT ·nothing(SB), $0
	RET
