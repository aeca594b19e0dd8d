package jkn

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"sapa/dialog"
	"sapa/dialog/desk"
)

var proofForm = regexp.MustCompile(`^[A-HJKMNP-Z][2-9][A-HJKMNP-Z][2-9][2-9A-HJKMNP-Z]{2}$`)

func TestProofWordsNeverRepeatAndReadBack(t *testing.T) {
	seen := map[string]bool{}
	for _, from := range []uint64{0, proofWords / 2, proofWords - 10_000} {
		for n := from; n < from+10_000; n++ {
			word := NewProof(n)
			if seen[word] || !proofForm.MatchString(word) || !reads(word, word) {
				t.Fatalf("%d is %s", n, word)
			}
			seen[word] = true
		}
	}
	if NewProof(0) != NewProof(proofWords) || NewProof(1<<64-1) == "" {
		t.Error("a random number has no word")
	}
}

// reads reports whether a text is understood as a word; "" for none.
func reads(text, word string) bool {
	got, ok := ParseProof(text)
	return got == word && ok == (word != "")
}

func TestAProofWordIsReadHoweverItIsTyped(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := NewProof(rapid.Uint64().Draw(t, "random"))
		typed := word
		switch rapid.IntRange(0, 3).Draw(t, "gaps") {
		case 1:
			typed = word[:3] + "-" + word[3:]
		case 2:
			typed = word[:3] + " " + word[3:]
		case 3:
			typed = strings.Join(strings.Split(word, ""), " ")
		}
		if rapid.Bool().Draw(t, "lower case") {
			typed = strings.ToLower(typed)
		}
		if !reads(typed, word) || !reads(" *"+typed+"*.\n", word) {
			t.Fatalf("%q is not read as %s", typed, word)
		}
		for _, text := range []string{"kodenya " + word + " ya", "Ini kode saya: " + strings.ToLower(word)} {
			if !reads(text, word) {
				t.Fatalf("%q is not read as %s", text, word)
			}
		}
	})
}

// Every wrong symbol is caught, but for those that stand for one they look like.
func TestASlipInAProofWordIsCaught(t *testing.T) {
	understood := 0
	for n := uint64(0); n < 400; n++ {
		word := NewProof(n * 15_485_863)
		for i := range word {
			for _, wrong := range []byte(proofAlphabet) {
				if slip := word[:i] + string(wrong) + word[i+1:]; slip != word && !reads(slip, "") {
					t.Fatalf("%s, a slip of %s, is read", slip, word)
				}
			}
			for _, alike := range []byte("01ILO") {
				slip := word[:i] + string(alike) + word[i+1:]
				if got, ok := ParseProof(slip); ok {
					if alikeOf := map[byte]string{'0': "DQ", 'O': "DQ", '1': "7J", 'I': "7J", 'L': "7J"}; got != word ||
						!strings.Contains(alikeOf[alike], word[i:i+1]) {
						t.Fatalf("%s is read as %s, typed for %s", slip, got, word)
					}
					understood++
				} else if (alike == '0' || alike == 'O') && (word[i] == 'D' || word[i] == 'Q') ||
					strings.IndexByte("1IL", alike) >= 0 && (word[i] == '7' || word[i] == 'J') {
					t.Fatalf("%s is not understood as %s", slip, word)
				}
			}
		}
	}
	if understood < 100 {
		t.Errorf("only %d look-alikes were met", understood)
	}
}

func TestOrdinaryTextIsNoProofWord(t *testing.T) {
	for _, text := range []string{
		"", "6", "menu", "bantuan", "2 bulan", "3 orang", "2 tahun", "2tahun", "50ribu", "735000", "rt5rw3", "B 1234 XYZ",
		"17-8-90", "0812-0000-0001", "3174015708900002", "kelas 3", "BRI-1", "K4P7R", "\xff\u202e", desk.NewRef(1),
		strings.Repeat("a", 1000),
	} {
		if got, ok := ParseProof(text); ok {
			t.Errorf("%q is taken for %s", text, got)
		}
	}
}

// Words of one kind of symbol are never taken for a proof word, whatever they are.
func TestPlainWordsAndNumbersAreNoProofWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[A-Za-z]{6}|[0-9]{6}|[0-9]{1,3} ?[a-z]{3,5}|[A-Za-z]{2,5}[ .]?[0-9]{1,4}|[0-9]{2}-[0-9]-[0-9]{2,4}`).Draw(t, "text")
		if got, ok := ParseProof(text); ok {
			t.Fatalf("%q is taken for %s", text, got)
		}
	})
}

// Nothing that the flows understand or say is taken for a proof word.
func TestNoWordOfTheFlowsIsAProofWord(t *testing.T) {
	words := 0
	err := fs.WalkDir(Flows, ".", func(path string, file fs.DirEntry, err error) error {
		if err != nil || file.IsDir() {
			return err
		}
		text, err := fs.ReadFile(Flows, path)
		for _, word := range strings.FieldsFunc(string(text), func(r rune) bool { return !unicode.IsLetter(r) }) {
			words++
			if got, ok := ParseProof(word); ok {
				t.Errorf("%s: %q is taken for %s", path, word, got)
			}
		}
		return err
	})
	if err != nil || words < 5000 {
		t.Errorf("%d words, %v", words, err)
	}
}

func FuzzParseProof(f *testing.F) {
	for _, seed := range []string{NewProof(1), "k4p 7rm", "Ｋ４Ｐ７ｒｍ", "O4P7RM", "\xff\u200d"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		word, ok := ParseProof(text)
		if ok != proofForm.MatchString(word) || ok && !reads(word, word) {
			t.Fatalf("%q is read as %q, %t", text, word, ok)
		}
	})
}

// TestNoOrdinaryMessageIsAProofWord: of all that options and flows are called, and of what people type into fields,
// nothing is taken for a word; a word with a few around it is.
func TestNoOrdinaryMessageIsAProofWord(t *testing.T) {
	typed := []string{"B 1234 XYZ", "Blok A2 No 7", "A2B4C5D", "4K7-PQRS", "Jl. K4 No 2 RT 3/RW 4", "kelas 2", "Y0UTUB", "5rb saja"}
	catalog, err := dialog.Load(Flows, Scheme())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range catalog.Flows {
		typed = append(typed, f.Intents...)
		for _, n := range f.Nodes {
			for _, o := range n.Options {
				typed = append(append(typed, o.Words...), o.Label["id"], o.Label["en"])
			}
		}
	}
	corpus, err := os.ReadFile("../field/testdata/typed.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for l := range strings.Lines(string(corpus)) {
		typed = append(typed, strings.Split(strings.TrimRight(l, "\n"), "\t")...)
	}
	for _, text := range typed {
		if word, _, err := readProofMessage(text, dialog.Reading{}); err == nil {
			t.Errorf("%q is taken for the word %s", text, word)
		}
	}
	for _, text := range []string{NewProof(7), " " + strings.ToLower(NewProof(7)), "kodenya " + NewProof(7) + " ya"} {
		if word, _, err := readProofMessage(text, dialog.Reading{}); err != nil || word != NewProof(7) {
			t.Errorf("%q is not taken for a word", text)
		}
	}
}
