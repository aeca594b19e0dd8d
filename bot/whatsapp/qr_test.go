package whatsapp

import (
	"strings"
	"testing"
)

func TestAQRCodeBringsItsOwnColours(t *testing.T) {
	drawn, err := DrawQR("halo")
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimSuffix(drawn, "\n"), "\n")
	if len(rows) != (21+6+1)/2 {
		t.Errorf("%d rows", len(rows))
	}
	for _, row := range rows {
		if !strings.HasPrefix(row, "\x1b[38;5;16;48;5;231m") || !strings.HasSuffix(row, "\x1b[0m") {
			t.Errorf("row %q", row)
		}
	}
	if _, err := DrawQR(strings.Repeat("x", 5000)); err == nil {
		t.Error("a text longer than any QR code was drawn")
	}
}
