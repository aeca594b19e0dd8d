package watest

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// upstreamRaces are races of whatsmeow with itself, which the race detector now and then sees when a connection breaks:
// functions of its own, so that a race of ours is never among them.
var upstreamRaces = []string{
	"race:exsync.*Event",
	"race:whatsmeow/socket.*FrameSocket", "race:whatsmeow/socket.*NoiseSocket",
	"race:whatsmeow.*qrChannel",
	"race:whatsmeow.*cancelResponse", // closes what receiveResponse, on its own way, may be sending to
}

// Pardon is the first call of a TestMain whose tests break connections. Under the race detector it starts the test
// binary anew with word of the races that are whatsmeow's own: the detector takes such word only at its start. It returns
// where there is nothing to do, or nothing can be done.
func Pardon() {
	const name = "GORACE"
	if !raceDetector || strings.Contains(os.Getenv(name), "suppressions=") {
		return
	}
	path := filepath.Join(os.TempDir(), "sapa-upstream-races-"+strconv.Itoa(os.Getuid()))
	whole := path + "." + strconv.Itoa(os.Getpid())
	words := []byte(strings.Join(upstreamRaces, "\n") + "\n")
	if os.WriteFile(whole, words, 0o644) != nil || os.Rename(whole, path) != nil { //nolint:gosec // children of other users read it
		return
	}
	self, err := os.Executable()
	if err != nil || os.Setenv(name, strings.TrimSpace(os.Getenv(name)+" print_suppressions=0 suppressions="+path)) != nil {
		return
	}
	_ = syscall.Exec(self, os.Args, os.Environ()) //nolint:gosec // the test binary itself
}
