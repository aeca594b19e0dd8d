package bot_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"sapa/bot"
)

func TestRedactMasksWhatMayBeSomebodys(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		`3174015708900001`, `3174 0157 0890 0001`, `3174-0157-0890-0001`, `3174.0157.0890.0001`,
		`0001234567891`, `000 1234 567 891`, `+62 812-0000-0001`, `6281200000001`, `(0812) 0000 0001`, `081200000001`,
		`６２８１２０００００００１`, `6281200000001@s.whatsapp.net`, `lid:62812000000012`, `17/08/1990`, `1990-08-17`,
		"3174\u200b0157\u00a00890\u20110001", `A3174015708900001F`, `2026-11-23T09:00:00.3174015708900001`,
	} {
		line, err := json.Marshal(map[string]string{"message": "nomor " + in + " ya"})
		if err != nil {
			t.Fatal(err)
		}
		var out struct{ Message string }
		if err := json.Unmarshal(bot.Redact(line), &out); err != nil {
			t.Errorf("%s: no longer JSON: %v", in, err)
		}
		if strings.ContainsAny(strings.ReplaceAll(out.Message, "2026-11-23T09:00:00", ""), "12345678") {
			t.Errorf("%s: left as %q", in, out.Message)
		}
	}
	for _, in := range []string{`{"nik":3174015708900001}`, `{"n":[1,3174015708900001]}`, `{"3174015708900001":1}`, "plain 3174015708900001\n"} {
		if out := string(bot.Redact([]byte(in))); strings.Contains(out, "3174015708900001") {
			t.Errorf("left: %s", out)
		}
	}
}

func TestRedactLeavesTheRest(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		`{"level":"info","time":"2026-11-23T09:00:00+07:00","message":"ticket.opened","ticket":"K7M-2QX-P","age_s":123456789}`,
		`{"time":"2026-11-23T09:00:00.123456789Z","at_ms":1795399200000,"took_ns":123456789012,"seq":123456789}`,
		`{"id":"3EB0A1B2C3D4E5F60718","sha256":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}`,
		`{"line":"pandawa-3174","tries":12,"n":1234567,"x":"17 Agustus","nested":{"a":[1,2,3,4,5,6,7,8,9]},"e":"\u003c\n"}`,
	} {
		if out := string(bot.Redact([]byte(line))); out != line {
			t.Errorf("\n%s became\n%s", line, out)
		}
	}
}

func TestRedactorStandsBehindALogger(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := zerolog.New(bot.NewRedactor(&out))
	log.Info().Str("to", "6281200000001").Int64("card", 1234567891234).Msg("sent\nto 0812 0000 0001")
	if want := `{"level":"info","to":"[masked]","card":"[masked]","message":"sent\nto [masked]"}` + "\n"; out.String() != want {
		t.Errorf("got  %swant %s", &out, want)
	}
}

func FuzzRedact(f *testing.F) {
	f.Add("halo ", " ya", "key")
	f.Add("2026-11-23T09:00:00.", "Z", "id")
	f.Add("face", "beef0123", "at")
	f.Add("\\u0033", "\"}", "\n")
	f.Fuzz(func(t *testing.T, before, after, key string) {
		for _, canary := range []string{"3174015708900001", "0001234567891", "6281200000001", "+62 812-0000-0001"} {
			line, err := json.Marshal(map[string]any{key: before + canary + after, "list": []any{before, canary, 3174015708900001}})
			if err != nil {
				t.Skip()
			}
			out := bot.Redact(line)
			if !json.Valid(out) {
				t.Fatalf("no longer JSON: %s", out)
			}
			for _, secret := range []string{canary, "3174015708900001"} {
				if bytes.Contains(out, []byte(secret)) {
					t.Fatalf("%s survived: %s", secret, out)
				}
			}
			if again := bot.Redact(out); !json.Valid(again) {
				t.Fatalf("no longer JSON the second time: %s", again)
			}
		}
		bot.Redact([]byte(before + after)) // whatever it is, no panic
	})
}
