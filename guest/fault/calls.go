//go:build !wasip1

package fault

// calls are the messages about a session.
const calls = "pts is not 0 to 655350 ms above the last\n" +
	"a frame is not width*height*4 bytes\n" +
	"calls are start, frames, finish\n"
