package store_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"testing"
)

// childOf names the data directory of a process that is to be killed.
const childOf = "SAPA_STORE_CHILD"

// TestChild is that process: it changes the master key, erases, and takes in new people, over and over, and tells of each
// step.
func TestChild(t *testing.T) {
	dir := os.Getenv(childOf)
	if dir == "" {
		t.Skip("it is run by TestAKillLeavesKeysAndErasuresWhole")
	}
	o := inNamed(t)
	o.NewID = nil
	db := open(t, o, dir)
	tell := func(int, int) { _, _ = fmt.Println("step") }
	for n := 0; ; n++ {
		phone := fmt.Sprintf("62814%08d", n)
		submit(t, db, from(phone, "m1", "halo"))
		tell(0, 0)
		_, err := db.Rekey(t.Context(), tell)
		must(t, err)
		_, err = db.EraseContact(t.Context(), phone, erasing(""))
		must(t, err)
		tell(0, 0)
		_, err = db.ForgetOldKeys(t.Context())
		must(t, err)
	}
}

// killAfter runs that process and kills it as soon as it has told of so many steps.
func killAfter(t *testing.T, dir string, steps int) {
	t.Helper()
	self, err := os.Executable()
	must(t, err)
	child := exec.CommandContext(t.Context(), self, "-test.run=^TestChild$", "-test.v")
	child.Env = append(os.Environ(), childOf+"="+dir)
	out, err := child.StdoutPipe()
	must(t, err)
	must(t, child.Start())
	lines := bufio.NewScanner(out)
	for told := 0; told < steps && lines.Scan(); {
		if lines.Text() == "step" {
			told++
		}
	}
	must(t, child.Process.Kill())
	if child.Wait() == nil {
		t.Fatal("the process ended by itself")
	}
}

func TestAKillLeavesKeysAndErasuresWhole(t *testing.T) {
	dir := t.TempDir()
	db := open(t, inNamed(t), dir)
	for i := range 500 { // more than a batch
		submit(t, db, from(fmt.Sprintf("62812%08d", i), "m1", "halo"))
	}
	ref := tellAll(t, db, siti, herCard)
	must(t, db.Close())
	for steps := 1; steps <= 13; steps += 2 {
		killAfter(t, dir, steps)
		db := open(t, inNamed(t), dir)
		equal(t, fmt.Sprint("readable after a kill at step ", steps), ticketOf(t, db, ref).Values["nomor"], herCard)
		healthy(t, db)
		_, err := db.Rekey(t.Context(), nil)
		must(t, err)
		_, err = db.ForgetOldKeys(t.Context())
		must(t, err)
		left, err := db.Forgets(t.Context())
		must(t, err)
		list, err := db.Erasures()
		must(t, err)
		if len(list) != len(left) { // each erased one had one address
			t.Errorf("after a kill at step %d: %d are in the list, %d were erased", steps, len(list), len(left))
		}
		healthy(t, db)
		must(t, db.Close())
	}
}
