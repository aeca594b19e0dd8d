package whatsapp

import (
	"fmt"
	"strings"

	"rsc.io/qr"
)

// DrawQR draws a text as a QR code for a terminal: two modules a character, black on white in colours of its own, so
// that it reads on a dark background as well as on a light one.
func DrawQR(text string) (string, error) {
	code, err := qr.Encode(text, qr.L) // the lowest level: the code is fresh and whole, and the terminal small
	if err != nil {
		return "", fmt.Errorf("drawing a QR code: %w", err)
	}
	const quiet = 3 // modules of white around it; scanners in practice need two
	var out strings.Builder
	for y := -quiet; y < code.Size+quiet; y += 2 {
		out.WriteString("\x1b[38;5;16;48;5;231m")
		for x := -quiet; x < code.Size+quiet; x++ {
			switch top, bottom := code.Black(x, y), code.Black(x, y+1); {
			case top && bottom:
				out.WriteRune('█')
			case top:
				out.WriteRune('▀')
			case bottom:
				out.WriteRune('▄')
			default:
				out.WriteByte(' ')
			}
		}
		out.WriteString("\x1b[0m\n")
	}
	return out.String(), nil
}
