package whatsapp

import (
	"fmt"
	"testing"
	"time"
)

var start = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func TestALineWritesNoFasterThanItsRates(t *testing.T) {
	p := newPace(Sending{PerContact: Rate{2, time.Minute}, PerLine: Rate{4, time.Minute}})
	now := start
	for i, c := range []struct {
		after   time.Duration
		contact int64
		want    time.Duration
	}{
		{0, 1, 0},
		{0, 1, 0},
		{0, 1, 30 * time.Second}, // the contact has had two
		{0, 2, 0},
		{0, 2, 0},
		{0, 3, 15 * time.Second}, // the line has had four
		{15 * time.Second, 3, 0},
		{15 * time.Second, 1, 0}, // half a minute after the contact's two
	} {
		now = now.Add(c.after)
		if got := p.take(c.contact, now); got.Round(time.Second) != c.want {
			t.Errorf("%d: contact %d waits %s, want %s", i, c.contact, got, c.want)
		}
	}
	unlimited := newPace(Sending{})
	for range 1000 {
		if unlimited.take(1, start) != 0 {
			t.Fatal("no rate, and yet a wait")
		}
	}
}

func TestAFloodIsAnsweredEverLessThenNotAtAllAndLoggedOnce(t *testing.T) {
	f := newFloods(Flood{Rate: Rate{10, time.Minute}, Mute: time.Hour})
	var heard []int
	mutes := 0
	for i := range 200 {
		switch f.judge("a", "x", start) {
		case hear:
			heard = append(heard, i)
		case mute:
			mutes++
		case ignore:
		}
	}
	if mutes != 1 {
		t.Errorf("muted %d times", mutes)
	}
	if got, want := fmt.Sprint(heard[:10]), "[0 1 2 3 4 5 6 7 8 9]"; got != want {
		t.Errorf("within the rate: %s", got)
	}
	gaps := heard[10:]
	for i := 2; i < len(gaps); i++ {
		if gaps[i]-gaps[i-1] < gaps[i-1]-gaps[i-2] {
			t.Errorf("answered more often again: %v", gaps)
		}
	}
	if f.judge("b", "x", start) != hear {
		t.Error("somebody else is not heard")
	}
	if f.judge("a", "x", start.Add(59*time.Minute)) != ignore || f.judge("a", "x", start.Add(2*time.Hour)) != hear {
		t.Error("the silence lasts an hour, no more and no less")
	}
}

func TestWhatWaitedForUsIsNoFlood(t *testing.T) {
	f := newFloods(Flood{}.withDefaults())
	for i := range 500 { // all arrive at once, and were sent one a minute
		if f.judge("a", "x", start.Add(time.Duration(i)*time.Minute)) != hear {
			t.Fatalf("message %d is not heard", i)
		}
	}
}

func TestAMachineThatEchoesUsIsSoonSilenced(t *testing.T) {
	f := newFloods(Flood{}.withDefaults())
	answered := 0
	for i := range 300 {
		f.sent("a", fmt.Sprint("Ketik 1 atau 2. ", i))
		if f.judge("a", fmt.Sprint("Ketik 1 atau 2. ", i, " "), start.Add(time.Duration(i)*time.Second)) == hear {
			answered++
		}
	}
	if answered > 40 {
		t.Errorf("%d echoes answered", answered)
	}
}
