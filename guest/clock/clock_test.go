package clock

import "testing"

func TestNowIsWallTimeAtStartPlusTicks(t *testing.T) {
	hand := Hand(500)
	c := New(1_000_000, hand.Ticks)
	if now := c.Now(); now != 1_000_000 {
		t.Fatalf("starts at %d", now)
	}
	hand += 70
	if now := c.Now(); now != 1_000_070 {
		t.Fatalf("70 ticks later it is %d", now)
	}
	if since := c.Since(1_000_050); since != 20 {
		t.Fatalf("%d since 20 ticks ago", since)
	}
}

func TestTicksThatJumpBackStandStill(t *testing.T) {
	hand := Hand(0)
	c := New(100, hand.Ticks)
	before := c.Now()
	for _, jump := range []Hand{50, -1000, 3, 40, 70} {
		hand = jump
		if d := c.Since(before); d < 0 {
			t.Fatalf("negative difference %d", d)
		}
		if now := c.Now(); now < before {
			t.Fatalf("%d after %d", now, before)
		} else {
			before = now
		}
	}
	if before != 170 {
		t.Fatalf("ends at %d", before)
	}
}

func TestSinceATimeToComeIsZero(t *testing.T) {
	hand := Hand(0)
	if d := New(100, hand.Ticks).Since(101); d != 0 {
		t.Fatal(d)
	}
}

func TestPlatformMovesForward(t *testing.T) {
	c := Platform()
	a := c.Now()
	if c.Now() < a {
		t.Fatal("backwards")
	}
}
