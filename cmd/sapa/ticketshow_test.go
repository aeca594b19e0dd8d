package main

import (
	"strings"
	"testing"
)

// Without a reason nothing is shown of who somebody is or what anybody wrote, in either form; with one all of it is,
// and the look stands in the history.
func TestAShownTicketIsMasked(t *testing.T) {
	data := t.TempDir()
	c := startChat(t, data)
	ref := c.apply("0001234567890")
	works(t, data, "ticket", "say", ref, "Halo Bu KENARI-SAPAAN", "--as", "rina")
	c.next()
	c.says("ini MURAI-JAWABAN")
	works(t, data, "ticket", "note", ref, "anaknya bernama CUCAK-CATATAN", "--as", "rina")
	works(t, data, "ticket", "ask", ref, "foto_ktp", "punya PERKUTUT-ALASAN ya", "--as", "rina")
	c.next()
	c.end()
	personal := []string{
		"Aminah", "0001234567890", "17 Agustus", "1990-08-17", "Melati", "KENARI", "MURAI", "CUCAK", "PERKUTUT",
		"ktp.png", "kartu.pdf",
	}
	for _, form := range [][]string{nil, {"--json"}} {
		show := append([]string{"ticket", "show", ref, "--as", "rina"}, form...)
		masked := works(t, data, show...)
		for _, word := range personal {
			if strings.Contains(masked, word) {
				t.Errorf("%q is shown without a reason:\n%s", word, masked)
			}
		}
		for _, word := range []string{"S••• A•••", "0001•••••7890", "Menunggak", "foto_ktp: " + hidden} {
			if len(form) == 0 && !strings.Contains(masked, word) {
				t.Errorf("masked it says nothing of %q:\n%s", word, masked)
			}
		}
	}
	if strings.Contains(works(t, data, "ticket", "show", ref), "ticket.seen") {
		t.Error("a masked look is kept as one at what is personal")
	}
	full := works(t, data, "ticket", "show", ref, "--json", "--as", "rina", "--reason", "telepon balik")
	for _, word := range append(personal[3:], "Siti Aminah", "0001234567890", `"rina","what":"ticket.seen","text":"telepon balik"`) {
		if !strings.Contains(full, word) {
			t.Errorf("with a reason it says nothing of %q:\n%s", word, full)
		}
	}
}
