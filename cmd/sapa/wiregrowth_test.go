package main

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// wireMessages is how many messages TestNothingGrows sends to one serving child: 200000 is the whole run, of some
// twenty minutes on two cores.
const wireMessages = "SAPA_WIRE_MESSAGES"

// wireCount is the file in which a child leaves how many goroutines it has when it gets SIGUSR1.
const wireCount = "SAPA_TEST_WIRE_COUNT"

func init() {
	file := os.Getenv(wireCount)
	if file == "" {
		return
	}
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGUSR1)
	go func() {
		for range asked {
			if os.WriteFile(file+".new", []byte(strconv.Itoa(runtime.NumGoroutine())), 0o600) == nil {
				_ = os.Rename(file+".new", file) // else the parent waits in vain, and says so
			}
		}
	}()
}

// growthReadings is how often a growing service is looked at.
const growthReadings = 40

// size is what a service takes at a moment. Bytes, but for the goroutines.
type size struct {
	resident, goroutines   int64
	keys, keysLog, logFile int64 // whatsapp.db, its write-ahead log, and that of sapa.db
}

// A service that answers message after message takes no more for them at the end than early on: no memory, no
// goroutines, no longer logs. whatsapp.db keeps the hash of each message for as long as WhatsApp may bring it again
// (14 days), and no more than that. What grows is sapa.db: every message is kept.
func TestNothingGrows(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv(wireMessages))
	if err != nil {
		t.Skip(wireMessages + " is not set: 4000 is a short run, 200000 the whole one")
	}
	t.Setenv(wireCount, filepath.Join(t.TempDir(), "goroutines"))
	c := contend(t, 1, "")
	readings := make([]size, growthReadings)
	for i := range readings {
		c.round(t, n/growthReadings)
		for _, number := range c.numbers {
			number.AwaitAllAcked()
		}
		readings[i] = c.size(t)
	}
	rate := c.rate()
	c.end()
	quarter := growthReadings / 4
	early, late := mean(readings[quarter:2*quarter]), mean(readings[3*quarter:])
	t.Logf("%d messages, %.0f/s, %.0f µs of CPU each; second quarter %+v, last %+v", n, rate, c.cpu, early, late)
	for _, grown := range []struct {
		name        string
		early, late int64
		room        int64 // for the chances of a moment
	}{
		{"resident memory", early.resident, late.resident, early.resident/10 + 4<<20},
		{"goroutines", early.goroutines, late.goroutines, 16},
		{"whatsapp.db-wal", early.keysLog, late.keysLog, 1 << 20},
		{"sapa.db-wal", early.logFile, late.logFile, 4 << 20},
		{"whatsapp.db", early.keys, late.keys, int64(n/2)*hashRow + 64<<10},
	} {
		if grown.late > grown.early+grown.room {
			t.Errorf("%s: %d in the second quarter, %d in the last", grown.name, grown.early, grown.late)
		}
	}
}

// hashRow is what whatsapp.db may grow by for each message: a hash of 32 bytes and the line's address, in a row and in
// its index.
const hashRow = 300

func mean(all []size) (m size) {
	for _, s := range all {
		m.resident += s.resident
		m.goroutines += s.goroutines
		m.keys += s.keys
		m.keysLog += s.keysLog
		m.logFile += s.logFile
	}
	n := int64(len(all))
	return size{m.resident / n, m.goroutines / n, m.keys / n, m.keysLog / n, m.logFile / n}
}

// size looks at the service and its files.
func (c *contender) size(t *testing.T) (s size) {
	t.Helper()
	pid := c.bot.child.Process.Pid
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		t.Skip("this system does not tell how much memory a process takes")
	}
	pages, err := strconv.ParseInt(strings.Fields(string(stat))[1], 10, 64)
	must(t, err)
	s.resident = pages * int64(os.Getpagesize())
	s.goroutines = c.goroutines(t)
	for name, bytes := range map[string]*int64{"whatsapp.db": &s.keys, "whatsapp.db-wal": &s.keysLog, "sapa.db-wal": &s.logFile} {
		info, err := os.Stat(filepath.Join(c.data, name))
		must(t, err)
		*bytes = info.Size()
	}
	return s
}

// goroutines asks the child how many it has.
func (c *contender) goroutines(t *testing.T) int64 {
	t.Helper()
	file := os.Getenv(wireCount)
	if err := os.Remove(file); err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	must(t, c.bot.child.Process.Signal(syscall.SIGUSR1))
	for late := time.Now().Add(10 * time.Second); time.Now().Before(late); time.Sleep(time.Millisecond) {
		text, err := os.ReadFile(file)
		if err == nil {
			n, err := strconv.ParseInt(string(text), 10, 64)
			must(t, err)
			return n
		}
		if !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	t.Fatal("the child does not say how many goroutines it has")
	return 0
}
