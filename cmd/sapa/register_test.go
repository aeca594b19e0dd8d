package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// began makes a data directory in which sapa has run once, as a trial or not.
func began(t *testing.T, trial bool) string {
	t.Helper()
	data := t.TempDir()
	source := "organisation: {name: Klinik Melati, trial: " + strconv.FormatBool(trial) + "}\n"
	must(t, os.WriteFile(filepath.Join(data, configName), []byte(source), 0o600))
	works2(t, data, "", "chat", "--json")
	return data
}

const memberHeader = "card,nik,kk,name,birth_date,sex,segment,class,status,status_reason,status_since,paid_until,regency,faskes,phone,employer,family_head_card\n"

func TestMembersAreImportedAndShown(t *testing.T) {
	data := began(t, false)
	members := file(t, "members.csv", []byte(memberHeader+
		"0001234567890,3174015708900002,3174011501150001,Siti Aminah,1990-08-17,P,PBPU,3,nonaktif,tunggakan,2026-05-01,2026-03,31.74,Puskesmas Melati,0812-0000-0001,,\n"+
		"0001234567891,,3174011501150001,Ani Lestari,2015-08-17,P,PBPU,3,nonaktif,tunggakan,2026-05-01,2026-03,31.74,,,,0001234567890\n"))
	if out := works(t, data, "member", "import", members); out != "2 members added, 0 updated, 0 unchanged, 0 rows left out\n" {
		t.Errorf("import says %q", out)
	}
	if out := works(t, data, "member", "import", members, "--strict"); out != "0 members added, 0 updated, 2 unchanged, 0 rows left out\n" {
		t.Errorf("again it says %q", out)
	}

	masked := works(t, data, "member", "show", "0001234567890")
	for _, personal := range []string{"Siti", "Aminah", "3174015708900002", "0001234567890", "1990", "628120000"} {
		if strings.Contains(masked, personal) {
			t.Errorf("%q is shown without a reason:\n%s", personal, masked)
		}
	}
	var sheet memberSheet
	must(t, json.Unmarshal([]byte(works(t, data, "member", "show", "3174 0157 0890 0002", "--reason", "verifikasi", "--json")), &sheet))
	want := memberSheet{
		Card: "0001234567890", NIK: "3174015708900002", KK: "3174011501150001", Name: "Siti Aminah", BirthDate: "1990-08-17", Sex: "P",
		Segment: "PBPU", Class: "3", Status: "nonaktif", Reason: "tunggakan", Since: "2026-05-01", PaidUntil: "2026-03",
		Regency: "31.74", Facility: "Puskesmas Melati", Phone: "+6281200000001",
	}
	if sheet != want {
		t.Errorf("shown:\n%+v\nwant\n%+v", sheet, want)
	}
	refuses(t, exitFailed, "nobody with this number", command(t, data, "", "member", "show", "0009999999999"))
	r := command(t, data, "", "member", "show", "31740157089")
	refuses(t, exitUsage, "13 digits", r)
	if strings.Contains(r.errors, "31740157089") {
		t.Errorf("what was typed is repeated: %s", r.errors)
	}
}

func TestBadRowsAreToldByPlaceAndNeverByValue(t *testing.T) {
	data := began(t, false)
	source := memberHeader + "0001234567890,,,Siti Aminah,1990-08-17,P,PBPU,3,aktif,,,,,,,,\n"
	for range 25 {
		source += "0001234567891,,,Rahasia,17-8-90,P,PBPU,3,aktif,,,,,,,,\n"
	}
	members := file(t, "members.csv", []byte(source))
	r := command(t, data, "", "member", "import", members, "--strict")
	refusesLong(t, "no members were imported", r)
	refuses(t, exitFailed, "nobody", command(t, data, "", "member", "show", "0001234567890"))

	r = command(t, data, "", "member", "import", members)
	if r.code != exitDone || r.out != "1 members added, 0 updated, 0 unchanged, 25 rows left out\n" {
		t.Errorf("exit %d: %s", r.code, r.out)
	}
	if !strings.Contains(r.errors, "members.csv: line 3, column 25 (birth_date): want a date") ||
		strings.Count(r.errors, "birth_date") != maxBadRows || !strings.Contains(r.errors, "… and 5 more bad rows") {
		t.Errorf("it complains:\n%s", r.errors)
	}
	if strings.Contains(r.errors, "Rahasia") || strings.Contains(r.errors, "17-8-90") {
		t.Errorf("a value is repeated:\n%s", r.errors)
	}
	refusesLong(t, "unknown column", command(t, data, "", "member", "import", file(t, "m.csv", []byte("card,name,umur\n"))))
	refuses(t, exitFailed, "cannot be read", command(t, data, "", "member", "import", "/tidak/ada.csv"))
}

// refusesLong is refuses for commands that tell bad rows first.
func refusesLong(t *testing.T, word string, r result) {
	t.Helper()
	if r.code != exitFailed || !strings.Contains(r.errors, word) {
		t.Errorf("want exit %d about %q, have exit %d:\n%s", exitFailed, word, r.code, r.errors)
	}
}

// Registers can be filled before anything has run: an import makes the database, and the service goes on with it.
func TestAnImportComesFirst(t *testing.T) {
	for _, first := range []struct{ register, rows, says string }{
		{"member", memberHeader + "0001234567890,,,Siti Aminah,1990-08-17,P,PBPU,3,aktif,,,,,,,,\n", "1 members added"},
		{"branch", "code,name,kind,regencies,line,phone,address,open,close\nKC-1,Kantor Uji,cabang,31.74,,,,,\n", "1 branches imported"},
		{"company", "code,name,regency\nPT-1,Maju Bersama,31.74\n", "1 companies imported"},
	} {
		data := filepath.Join(t.TempDir(), "baru")
		if out := works(t, data, first.register, "import", file(t, "rows.csv", []byte(first.rows))); !strings.HasPrefix(out, first.says) {
			t.Errorf("%s import says %q", first.register, out)
		}
		works2(t, data, `{"id":"m1","text":"halo"}`, "chat", "--json")
		works(t, data, "db", "check")
	}
	data := filepath.Join(t.TempDir(), "baru")
	refuses(t, exitFailed, "cannot be read", command(t, data, "", "member", "import", "/tidak/ada.csv"))
	if _, err := os.Stat(data); err == nil {
		t.Error("an import of nothing made a data directory")
	}
}

// A trial has made-up members until real ones come, or it is none any more; they are marked wherever they are shown.
func TestTheSampleRegister(t *testing.T) {
	data := began(t, true)
	if out := works(t, data, "member", "show", "0001234567890"); !strings.HasPrefix(out, "DATA CONTOH") {
		t.Errorf("the sample is shown as\n%s", out)
	}
	sample := filepath.Join(t.TempDir(), "sample.csv")
	if out := works(t, data, "member", "sample", sample); !strings.Contains(out, "500 made-up members") {
		t.Errorf("sample says %q", out)
	}
	if _, err := os.Stat(sample); err != nil {
		t.Error(err)
	}
	refuses(t, exitFailed, "file exists", command(t, data, "", "member", "sample", sample))

	real := began(t, false)
	refuses(t, exitFailed, "nobody", command(t, real, "", "member", "show", "0001234567890"))
	if out := works(t, real, "member", "import", sample); out != "500 members added, 0 updated, 0 unchanged, 0 rows left out\n" {
		t.Errorf("import says %q", out)
	}

	must(t, os.WriteFile(filepath.Join(data, configName), []byte("organisation: {name: Klinik Melati, trial: false}\n"), 0o600))
	works2(t, data, "", "chat", "--json")
	refuses(t, exitFailed, "nobody", command(t, data, "", "member", "show", "0001234567890"))
}

func TestOfficersActWithinRoleAndScope(t *testing.T) {
	data := t.TempDir()
	c := startChat(t, data)
	ref := c.apply("0001234567890") // Jakarta Selatan, 31.74
	c.end()
	works(t, data, "ticket", "note", ref, "satu", "--as", "siapa.saja") // nobody is registered yet

	works(t, data, "officer", "add", "rina", "--role", "branch", "--scope", "31.74,31.75", "--phone", "0812-0000-0009")
	works(t, data, "officer", "add", "joko", "--role", "branch", "--scope", "73")
	for args, word := range map[string]string{
		"add rina --role branch":                        "registered already",
		"add dewi --role branch --phone +6281200000009": "another officer's",
		"add dewi --role branch --scope 31.99":          "no region",
		"add dewi --role company-maker --scope X-1":     "no company",
		"role dewi admin":                               "no such officer",
		"disable dewi":                                  "no such officer",
	} {
		refuses(t, exitFailed, word, command(t, data, "", append([]string{"officer"}, strings.Fields(args)...)...))
	}
	for args, word := range map[string]string{
		"add dewi --role ketua":                  "unknown",
		"add member --role admin":                "member",
		"add operator --role admin":              "operator",
		"add dewi --role branch --phone telepon": "telephone",
	} {
		refuses(t, exitUsage, word, command(t, data, "", append([]string{"officer"}, strings.Fields(args)...)...))
	}
	want := `{"name":"joko","role":"branch","scope":["73"],"enabled":true}` + "\n" +
		`{"name":"rina","role":"branch","scope":["31.74","31.75"],"enabled":true}` + "\n"
	if out := works(t, data, "officer", "list", "--json"); out != want {
		t.Errorf("list says %s", out)
	}

	refuses(t, exitFailed, "sapa officer add", command(t, data, "", "ticket", "take", ref, "--as", "siapa.saja"))
	refuses(t, exitFailed, "role", command(t, data, "", "ticket", "note", ref, "dua", "--as", "joko"))
	refuses(t, exitFailed, "role", command(t, data, "", "ticket", "show", ref, "--as", "joko"))
	works(t, data, "ticket", "take", ref, "--as", "rina")
	works(t, data, "ticket", "note", ref, "tiga") // the operator is an admin

	works(t, data, "officer", "disable", "rina")
	refuses(t, exitFailed, "disabled", command(t, data, "", "ticket", "note", ref, "empat", "--as", "rina"))
	works(t, data, "officer", "enable", "rina")
	if out := works(t, data, "officer", "role", "rina", "admin", "--scope", ""); !strings.HasPrefix(out, "rina: admin, everywhere\n") {
		t.Errorf("role says %q", out)
	}
	works(t, data, "ticket", "note", ref, "lima", "--as", "rina")
}

func TestPaymentsSettleTickets(t *testing.T) {
	data := t.TempDir()
	c := startChat(t, data)
	c.at = "2030-01-07T09:00:00+07:00"
	ref := c.apply("0001234567890")
	works(t, data, "ticket", "approve", ref, "--set", "months_owed=7", "--set", "heads=3", "--at", "2030-01-07T10:00:00+07:00")
	c.next()
	c.says("pilih kelas", "1. Kelas 1")
	c.says("3", "8888801234567890")

	payments := file(t, "payments.csv", []byte("virtual_account,amount,paid_at,reference\n"+
		"8888801234567890,1000,2030-01-07T10:30:00+07:00,TRX-1\n"+
		"8888800000000000,35000,2030-01-07,TRX-2\n"+
		"bukan,35000,2030-01-07,TRX-3\n"))
	at := []string{"--at", "2030-01-07T11:00:00+07:00"}
	r := command(t, data, "", append([]string{"payment", "import", payments}, at...)...)
	if r.out != "0 settled, 1 mismatched, 1 unknown, 0 booked before, 1 rows left out\n" || !strings.Contains(r.errors, "line 4, column 1 (virtual_account)") {
		t.Errorf("import says %s%s", r.out, r.errors)
	}
	refusesLong(t, "no payments were imported", command(t, data, "", append([]string{"payment", "import", payments, "--strict"}, at...)...))
	open := works(t, data, "payment", "list", "--open", "--json")
	for _, word := range []string{
		`"state":"mismatched","ticket":"` + ref + `","amount":1000,"paid_at":"2030-01-07T10:30:00+07:00","reference":"TRX-1"`,
		`"state":"unknown","ticket":"","amount":35000`,
	} {
		if !strings.Contains(open, word) {
			t.Errorf("no %s in\n%s", word, open)
		}
	}
	if strings.Contains(open, "01234567890") {
		t.Errorf("an account is shown:\n%s", open)
	}

	payments = file(t, "payments.csv", []byte("virtual_account,amount,paid_at,reference\n8988801234567890,840000,2030-01-07 11:00,TRX-4\n"))
	if out := works(t, data, append([]string{"payment", "import", payments}, at...)...); !strings.HasPrefix(out, "1 settled, ") {
		t.Errorf("import says %s", out)
	}
	if notice := c.next(); !strings.Contains(notice.Text, "Rp840.000") || !strings.Contains(notice.Text, "165") {
		t.Errorf("the member reads %q", notice.Text)
	}
	c.end()
	if out := works(t, data, append([]string{"payment", "import", payments}, at...)...); !strings.HasPrefix(out, "0 settled, 0 mismatched, 0 unknown, 1 booked before") {
		t.Errorf("again it says %s", out)
	}
	payments = file(t, "payments.csv", []byte("virtual_account,amount,paid_at,reference\n8988801234567890,84000,2030-01-07 11:00,TRX-4\n"))
	r = command(t, data, "", append([]string{"payment", "import", payments}, at...)...)
	if !strings.HasSuffix(r.out, " 0 booked before, 0 rows left out, 1 unlike what was booked before\n") || !strings.HasPrefix(r.errors, "TRX-4: settled before") {
		t.Errorf("of another amount it says %s%s", r.out, r.errors)
	}
	var sheet memberSheet
	must(t, json.Unmarshal([]byte(works(t, data, "member", "show", "0001234567890", "--json")), &sheet))
	if sheet.Status != "aktif" || sheet.PaidUntil != "2030-01" {
		t.Errorf("the register says %s, paid until %s", sheet.Status, sheet.PaidUntil)
	}
	works(t, data, "db", "check")
}

func TestCompaniesAreImported(t *testing.T) {
	data := began(t, false)
	companies := file(t, "companies.csv", []byte("code,name,regency\nPT-1,Maju Bersama,31.74\nPT-2,,31.74\n"))
	refusesLong(t, "the old ones stay", command(t, data, "", "company", "import", companies, "--strict"))
	r := command(t, data, "", "company", "import", companies)
	if r.out != "1 companies imported, 1 rows left out\n" || !strings.Contains(r.errors, "line 3, column 6 (name)") {
		t.Errorf("import says %s%s", r.out, r.errors)
	}
	works(t, data, "officer", "add", "dewi", "--role", "company-maker", "--scope", "PT-1")
}

// An import that the disk stops half-way leaves nothing readable; done again it is whole.
func TestAnImportThatIsBrokenOff(t *testing.T) {
	data := began(t, false)
	var source bytes.Buffer
	const rows = 20_000
	source.WriteString(memberHeader)
	for i := range rows {
		fmt.Fprintf(&source, "00099%08d,317401570890%04d,,KENARI%d,1990-08-17,P,PBI,3,aktif,,,,31.74,KLINIK%d,,,\n", i, i%9999+1, i, i)
	}
	members := file(t, "members.csv", source.Bytes())
	r := inChild(t, []string{maxWrite + "=" + strconv.Itoa(6<<20)}, "", "member", "import", members, "--data", data)
	refuses(t, exitFailed, "disk", r)
	unreadable(t, data)
	works(t, data, "db", "check")
	out := works(t, data, "member", "import", members)
	if !strings.Contains(out, " 0 updated, ") || strings.HasPrefix(out, strconv.Itoa(rows)) {
		t.Errorf("the second import says %s: the first took in nobody, or members came twice", out)
	}
	if out := works(t, data, "member", "import", members); out != "0 members added, 0 updated, 20000 unchanged, 0 rows left out\n" {
		t.Errorf("the third import says %s", out)
	}
	unreadable(t, data)
}

// unreadable looks for imported members in all that lies on disk.
func unreadable(t *testing.T, data string) {
	t.Helper()
	searched := 0
	must(t, filepath.WalkDir(data, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		body, err := os.ReadFile(path)
		searched += len(body)
		for _, canary := range []string{"KENARI", "KLINIK", "0009900001", "3174015708"} {
			if bytes.Contains(body, []byte(canary)) {
				t.Errorf("%q can be read in %s", canary, filepath.Base(path))
			}
		}
		return err
	}))
	if searched < 1<<20 {
		t.Errorf("only %d bytes were searched", searched)
	}
}
