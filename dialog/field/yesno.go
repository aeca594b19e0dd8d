package field

import "strings"

// YesNo reads a yes or a no in the ways Indonesians and English speakers say it. Both at once ("ya tidak") or
// anything more than that is refused: a yes may be a consent. Problem: yesno.unclear.
func YesNo(text string) (bool, error) {
	if len(text) > maxTyped {
		return false, refuse("yesno.unclear")
	}
	yes, no := emojiVotes(text)
	normal := strings.ReplaceAll(Normal(text), "'", "")
	var stack [16]string
	words := splitWords(stack[:0], normal)
	said, known := vote(words)
	switch {
	case !known:
		return false, refuse("yesno.unclear")
	case said == assent:
		yes = true
	case said == dissent:
		no = true
	}
	if yes == no {
		return false, refuse("yesno.unclear")
	}
	return yes, nil
}

// meaning is what a word does to a yes-or-no answer.
type meaning uint8

const (
	nothing meaning = iota // politeness
	assent                 // yes, whatever comes with it
	consent                // yes by itself; a negation before it makes it a no: "tidak setuju"
	dissent
)

// meanings are keyed by words whose repeated letters are written once: "iyaaa", "nggak".
var meanings = squeezed(map[meaning]string{
	assent: "ya iya iyah yah yup yap yep yes yess y yeah yea yoi yoii yuk ok oke okay okey okeh oks okk sip siip siap " +
		"absolutely sure certainly",
	consent: "betul bener benar setuju boleh mau mw lanjut lanjutkan lanjutin jadi usah perlu bisa sudah udah sdh udh " +
		"dah pasti tentu yakin cocok sesuai kirim agree agreed correct right true want continue need course accept",
	dissent: "tidak tdk tak tidk gak ga gk g nggak ngga ngak enggak engga gx kagak kaga ndak nda ora bukan bkn jangan " +
		"jgn belum blm blum no nope nop nah n not never dont cannot cant tolak menolak batalkan",
	nothing: "kak kakak ka min admin pak bapak bu ibu mas mba mbak bang gan sis bro dong deh sih aja saja lah kok nih " +
		"itu ini saya sy aku gue kami i we please pls plis tolong terima kasih makasih thanks thank you thx of that " +
		"is its with to dulu lagi banget sekali semua semuanya datanya memang begitu gitu do",
})

func squeezed(words map[meaning]string) map[string]meaning {
	all := make(map[string]meaning)
	for m, list := range words {
		for _, w := range strings.Fields(list) {
			var stack [16]byte
			all[string(squeeze(stack[:0], w))] = m
		}
	}
	return all
}

// squeeze appends word with each run of the same letter written once.
func squeeze(out []byte, word string) []byte {
	for i := range len(word) {
		if i == 0 || word[i] != word[i-1] {
			out = append(out, word[i])
		}
	}
	return out
}

// vote sums up the words; known is false when they contradict each other or say something else as well.
func vote(words []string) (said meaning, known bool) {
	var negation string
	for _, w := range words {
		var stack [32]byte
		short := squeeze(stack[:0], w)
		m, ok := meanings[string(short)]
		switch {
		case !ok:
			return nothing, false
		case m == nothing:
		case m == dissent:
			if said == assent || negation != "" && negation != w {
				return nothing, false // "ya tidak"; "bukan tidak"
			}
			said, negation = dissent, w
		case said == dissent:
			// "tidak setuju" is a no, "tidak ya" a polite no, "tidak oke" a riddle.
			if m == assent && string(short) != "ya" {
				return nothing, false
			}
		default:
			said = assent
		}
	}
	return said, true
}

// emojiVotes finds the emoji that answer. They stand apart from the words, which Normal has without them.
func emojiVotes(text string) (yes, no bool) {
	if isASCII(text) {
		return false, false
	}
	return strings.ContainsAny(text, "👍👌✅✔☑🆗🙆"), strings.ContainsAny(text, "👎❌✖❎🙅🚫")
}
