package terminal

import (
	"strings"
	"unicode"

	"github.com/rivo/uniseg"
)

// Escape sequences of ECMA-48 (SGR).
const (
	ansiReset = "\x1b[0m"
	ansiDim   = "\x1b[2m"
	ansiBar   = "\x1b[32m" // the bubble's left edge
)

// marks are WhatsApp's ways of writing: *bold*, _italic_, ~struck~.
var marks = map[rune]string{'*': "\x1b[1m", '_': "\x1b[3m", '~': "\x1b[9m"}

// minWidth is the narrowest a bubble gets, in cells.
const minWidth = 20

// maxWidth keeps lines readable in a wide window.
const maxWidth = 76

// bubble draws a reply for a terminal that is so many cells wide: a dim heading, and the text behind a green edge.
func bubble(heading, text string, width int) string {
	width = min(max(width-3, minWidth), maxWidth)
	var out strings.Builder
	out.WriteString(ansiDim + clean(heading) + ansiReset + "\n")
	for _, paragraph := range strings.Split(clean(text), "\n") {
		for _, l := range wrap(styled(paragraph), width) {
			out.WriteString(ansiBar + "┃" + ansiReset + " " + draw(l) + "\n")
		}
	}
	out.WriteString("\n")
	return out.String()
}

// plain writes a reply where there is no terminal: its text as it is, and an empty line.
func plain(text string) string { return clean(text) + "\n\n" }

// clean drops what would move the cursor or reverse the text: a reply may repeat what somebody typed.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, text)
}

// cell is a character as it is seen, with its style.
type cell struct {
	text  string
	width int
	style string
}

// styled takes a paragraph apart into characters, and WhatsApp's marks into styles.
func styled(paragraph string) []cell {
	var cells []cell
	var open []rune // styles under way, outermost first
	runes := []rune(paragraph)
	closing := pairs(runes)
	at := 0 // the rune the character begins with
	for state, rest := -1, paragraph; rest != ""; {
		var cluster string
		var width int
		cluster, rest, width, state = uniseg.FirstGraphemeClusterInString(rest, state)
		r := []rune(cluster)
		switch end, opens := closing[at]; {
		case opens && end > at:
			open = append(open, r[0])
		case opens:
			open = open[:len(open)-1]
		default:
			cells = append(cells, cell{cluster, width, style(open)})
		}
		at += len(r)
	}
	return cells
}

func style(open []rune) string {
	var s strings.Builder
	for _, mark := range open {
		s.WriteString(marks[mark])
	}
	return s.String()
}

// pairs finds the marks that style something: an opening mark stands before a word, its closing mark behind one. It
// gives for each its partner's place. Pairs do not cross.
func pairs(p []rune) map[int]int {
	partner := map[int]int{}
	var open []int
	for i, r := range p {
		if marks[r] == "" {
			continue
		}
		before, behind := ' ', ' '
		if i > 0 {
			before = p[i-1]
		}
		if i+1 < len(p) {
			behind = p[i+1]
		}
		if !unicode.IsSpace(before) && !wordly(behind) {
			if j := last(open, p, r); j >= 0 && open[j]+1 < i {
				partner[open[j]], partner[i] = i, open[j]
				open = open[:j]
				continue
			}
		}
		if !unicode.IsSpace(behind) && !wordly(before) {
			open = append(open, i)
		}
	}
	return partner
}

func last(open []int, p []rune, mark rune) int {
	for j := len(open) - 1; j >= 0; j-- {
		if p[open[j]] == mark {
			return j
		}
	}
	return -1
}

func wordly(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// wrap breaks a paragraph into lines of at most width cells, at spaces where there are any.
func wrap(cells []cell, width int) [][]cell {
	var lines [][]cell
	for {
		n, taken := 0, 0 // characters that fit, and the cells they take
		space := -1      // the last space among them
		for n < len(cells) && taken+cells[n].width <= width {
			if cells[n].text == " " {
				space = n
			}
			taken += cells[n].width
			n++
		}
		switch {
		case n == len(cells):
			return append(lines, cells)
		case cells[n].text == " ":
			lines, cells = append(lines, cells[:n]), cells[n+1:]
		case space > 0:
			lines, cells = append(lines, cells[:space]), cells[space+1:]
		default:
			n = max(n, 1)
			lines, cells = append(lines, cells[:n]), cells[n:]
		}
	}
}

func draw(cells []cell) string {
	var out strings.Builder
	style := ""
	for _, c := range cells {
		if c.style != style {
			if style != "" {
				out.WriteString(ansiReset)
			}
			out.WriteString(c.style)
			style = c.style
		}
		out.WriteString(c.text)
	}
	if style != "" {
		out.WriteString(ansiReset)
	}
	return out.String()
}
