package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"sapa/dialog/desk"
	"sapa/dialog/jkn"
	"sapa/store"
)

// mutation is what a company asks for: its approver, who is not the maker, then BPJS Kesehatan with an outcome for each.
var mutation = desk.Pipeline{
	Service: "mutasi", Title: map[string]string{"id": "Mutasi"}, Subject: desk.Subject{Company: "perusahaan"},
	Stages: []desk.Stage{
		{Name: "setuju", Status: desk.Open, Role: desk.RoleCompanyApprover, Second: true, Promise: 14 * time.Hour, Decisions: []desk.Decision{
			{Name: "approve", To: "proses", Say: map[string]string{"id": "Setuju"}},
			{Name: "reject", To: "ditolak", Reason: true, Say: map[string]string{"id": "Tidak"}},
		}},
		{Name: "proses", Status: desk.Open, Role: desk.RoleBPJS, Promise: 21 * time.Hour, Decisions: []desk.Decision{{
			Name: "approve", To: "selesai", Say: map[string]string{"id": "Selesai"},
			Sets: []desk.Set{{Name: jkn.OutcomesField, Type: "employee_outcomes"}},
		}}},
		{Name: "selesai", Status: desk.Approved},
		{Name: "ditolak", Status: desk.Rejected},
	},
}

// inCompanies knows Maya, who prepares things for PT1, Anton, who approves them, Lama, who did, and an employee of PT1
// and of PT2 each.
func inCompanies(t *testing.T) *store.DB {
	t.Helper()
	o := inDesk(t)
	o.Pipeline = func(name string) (*desk.Pipeline, bool) {
		if name == mutation.Service {
			return &mutation, true
		}
		return service, name == service.Service
	}
	db := open(t, o)
	must(t, db.ImportCompanies(t.Context(), []jkn.Company{
		{Code: "PT1", Name: "PT Satu", Regency: "81.71"}, {Code: "PT2", Name: "PT Dua", Regency: "31.74"},
	}, false))
	staff := crowd(2)
	staff[0].Name, staff[0].Employer, staff[0].Status = "Contoh Nur", "PT1", jkn.ActiveMember
	staff[1].Name, staff[1].Employer, staff[1].Status = "Contoh Oki", "PT2", jkn.ActiveMember
	imports(t, db, staff)
	for _, o := range []desk.Officer{
		{Name: "maya", Role: desk.RoleCompanyMaker, Scope: []string{"PT1"}, Phone: rinaPhone, Enabled: true},
		{Name: "anton", Role: desk.RoleCompanyApprover, Scope: []string{"PT1"}, Phone: agusPhone, Enabled: true},
		{Name: "lama", Role: desk.RoleCompanyMaker, Scope: []string{"PT1"}, Phone: lamaPhone},
	} {
		must(t, db.AddOfficer(t.Context(), o))
		submit(t, db, from(o.Phone, "hello", "a"))
	}
	return db
}

func TestACompanysEmployeesAreForItsMakerAlone(t *testing.T) {
	db := inCompanies(t)
	for i, c := range []struct{ phone, company, want string }{
		{rinaPhone, "PT1", "1 Nur"},
		{rinaPhone, "PT2", "0"}, // another company
		{rinaPhone, "", "0"},
		{agusPhone, "PT1", "0"}, // who approves prepares nothing
		{lamaPhone, "PT1", "0"}, // disabled
		{siti, "PT1", "0"},
	} {
		rec := query(t, db, c.phone, fmt.Sprint("e", i), "company.employees company="+c.company+" search=semua from=0")
		got := fact(t, rec, "count")
		for _, name := range []string{"Nur", "Oki"} {
			if strings.Contains(texts(rec), name) {
				got += " " + name
			}
		}
		equal(t, c.phone+" "+c.company, got, c.want)
	}
	equal(t, "hers", fact(t, query(t, db, rinaPhone, "m1", "company.mine"), "count"), "1")
	equal(t, "nobody's", fact(t, query(t, db, siti, "m1", "company.mine"), "known"), "false")
}

func TestWhatWasPickedIsCheckedAgainBeforeItIsSent(t *testing.T) {
	db := inCompanies(t)
	own, foreign := string(crowd(2)[0].Card), string(crowd(2)[1].Card)
	check := func(id, company, picks string) string {
		return fact(t, query(t, db, rinaPhone, id, "company.check company="+company+" employees="+picks), "ok")
	}
	equal(t, "hers", check("c1", "PT1", own), "true")
	equal(t, "none picked", check("c2", "PT1", ""), "true")
	equal(t, "another company's", check("c3", "PT1", foreign), "false")
	equal(t, "for another company", check("c4", "PT2", foreign), "false")
	gone := crowd(2)[:1]
	gone[0].Employer, gone[0].Status = "PT1", jkn.InactiveMember
	imports(t, db, gone)
	equal(t, "not active any more", check("c5", "PT1", own), "false")
	_, err := db.SetOfficer(t.Context(), desk.Officer{Name: "maya", Role: desk.RoleCompanyMaker, Scope: []string{"PT1"}}, noon)
	must(t, err)
	equal(t, "disabled", check("c6", "PT1", ""), "false")
}

func TestATicketKnowsWhichOfficerOfTheCompanyMadeIt(t *testing.T) {
	db := inCompanies(t)
	for i, c := range []struct{ phone, company, want string }{
		{rinaPhone, "PT1", "maya"},
		{rinaPhone, "PT2", ""},
		{agusPhone, "PT1", ""},
		{siti, "PT1", ""},
	} {
		query(t, db, c.phone, fmt.Sprint("o", i), "ticket.open service=layanan perusahaan="+c.company)
		ticket := ticketOf(t, db, desk.NewRef(int64(i+1)))
		equal(t, c.phone+" "+c.company, ticket.DecidedBy+" "+ticket.Company, c.want+" "+c.company)
	}
}

// asked opens a request of a company from its maker's chat; Anton has agreed to it.
func asked(t *testing.T, db *store.DB, company, rows string) string {
	t.Helper()
	applied++
	rec := query(t, db, rinaPhone, fmt.Sprint("mutasi", applied), "ticket.open service=mutasi perusahaan="+company+" "+rows)
	ref := fact(t, rec, "ref")
	must(t, does(t, db, "anton", "approve", ref, noon))
	return ref
}

// granted is BPJS Kesehatan's decision, with the outcome of each row.
func granted(t *testing.T, db *store.DB, ref, outcomes string) error {
	t.Helper()
	_, err := db.Act(t.Context(), ref, desk.Action{Name: "approve", Sets: map[string]string{jkn.OutcomesField: outcomes}},
		desk.Actor{Name: "pusat", Role: desk.RoleBPJS}, noon)
	return err
}

// stands is how somebody's card is on a day, as their chat is told.
func stands(t *testing.T, db *store.DB, number, born string, when time.Time) string {
	t.Helper()
	applied++
	in := from(siti, fmt.Sprint("stands", applied), "ask member number="+number+" birth_date="+born)
	rec := submit(t, db, at(in, when))
	if fact(t, rec, "match") != "true" {
		return "unknown"
	}
	return strings.Join(strings.Fields(fact(t, rec, "segment")+" "+fact(t, rec, "status")+" "+fact(t, rec, "reason")), " ")
}

// nur is an employee of PT1 with a child, oki one of PT2.
func nur(db *store.DB, t *testing.T) (nur, child, oki jkn.Member) {
	t.Helper()
	all := crowd(3)
	for i := range all {
		all[i].Segment, all[i].Employer = jkn.PPU, "PT1"
	}
	all[0].Name, all[1].Name, all[2].Name = "Contoh Nur", "Contoh Anak", "CANARY Oki"
	all[1].HeadCard, all[1].Employer, all[2].Employer = all[0].Card, "", "PT2" // a family need not name it
	imports(t, db, all)
	return all[0], all[1], all[2]
}

const born = "1990-01-15" // as the whole crowd

func TestAGrantedRequestTakesEmployeesOffTheRegisterFromTheirDayOn(t *testing.T) {
	db := inCompanies(t)
	nur, child, oki := nur(db, t)
	rows := fmt.Sprintf("pegawai_dipilih=%s_Nur|%s_Oki mutasi_alasan=meninggal mutasi_tanggal=2026-12-01", nur.Card, oki.Card)
	ref := asked(t, db, "PT1", rows)
	eve, day := time.Date(2026, 11, 30, 23, 59, 0, 0, noon.Location()), time.Date(2026, 12, 1, 0, 1, 0, 0, noon.Location())
	equal(t, "only asked for", stands(t, db, string(nur.Card), born, day), "PPU aktif")
	must(t, granted(t, db, ref, "(semua) berhasil"))
	for _, c := range []struct {
		what string
		who  jkn.Member
		at   time.Time
		want string
	}{
		{"before the day", nur, eve, "PPU aktif"},
		{"on the day", nur, day, "PPU nonaktif meninggal"},
		{"the family before", child, eve, "PPU aktif"},
		{"the family, who has not died", child, day, "PPU nonaktif berhenti kerja"},
		{"another company's, though written into the request", oki, day, "PPU aktif"},
	} {
		equal(t, c.what, stands(t, db, string(c.who.Card), born, c.at), strings.ReplaceAll(c.want, "berhenti kerja", "berhenti_kerja"))
	}
	count := func(id string, when time.Time) string {
		in := from(rinaPhone, id, "ask company.employees company=PT1 search=semua from=0")
		return fact(t, submit(t, db, at(in, when)), "count")
	}
	equal(t, "listed until then", count("c1", eve)+" "+count("c2", day), "1 0")
	healthy(t, db)
}

func TestOnlyRowsThatWereDoneChangeTheRegister(t *testing.T) {
	db := inCompanies(t)
	nur, child, _ := nur(db, t)
	child.HeadCard, child.Employer = "", "PT1" // employed there too
	imports(t, db, []jkn.Member{child})
	rows := fmt.Sprintf("pegawai_dipilih=%s_Nur|%s_Anak mutasi_alasan=resign mutasi_tanggal=2026-11-20", nur.Card, child.Card)
	ref := asked(t, db, "PT1", rows)
	for _, outcomes := range []string{"(1) berhasil", "(1) berhasil\n(2) berhasil\n(3) berhasil", "berhasil"} {
		var refused *desk.SetsError
		var wanted *jkn.OutcomesError
		if err := granted(t, db, ref, outcomes); !errors.As(err, &refused) || !errors.As(err, &wanted) || wanted.Rows != 2 {
			t.Errorf("%q for two rows: %v", outcomes, err)
		}
	}
	equal(t, "nothing was changed", ticketOf(t, db, ref).Stage+stands(t, db, string(nur.Card), born, noon), "prosesPPU aktif")
	must(t, granted(t, db, ref, "(1) ditolak: NIK belum padan\n(2) berhasil"))
	equal(t, "refused", stands(t, db, string(nur.Card), born, noon), "PPU aktif")
	equal(t, "done", stands(t, db, string(child.Card), born, noon), "PPU nonaktif berhenti_kerja")
}

// Nur goes to another company while her old one still asks to take her off: what comes too late does not reach her there.
func TestWhoWorksElsewhereByThenIsNotTakenOff(t *testing.T) {
	db := inCompanies(t)
	nur, _, _ := nur(db, t)
	leaves := asked(t, db, "PT1", fmt.Sprintf("pegawai_dipilih=%s_Nur mutasi_alasan=resign mutasi_tanggal=2026-11-20", nur.Card))
	joins := fact(t, query(t, db, budi, "join", fmt.Sprintf(
		"ticket.open service=mutasi perusahaan=PT2 pegawai_baru=%s;1990-01-15;Nur mutasi_tanggal=2026-11-24", nur.NIK)), "ref")
	must(t, does(t, db, "hana", "approve", joins, noon))
	must(t, granted(t, db, joins, "(1) berhasil"))
	day := noon.AddDate(0, 0, 2)
	_, err := db.Act(t.Context(), leaves, desk.Action{Name: "approve", Sets: map[string]string{jkn.OutcomesField: "(1) berhasil"}},
		desk.Actor{Name: "pusat", Role: desk.RoleBPJS}, day)
	must(t, err)
	equal(t, "at her new company", stands(t, db, string(nur.Card), born, day), "PPU aktif")
}

func TestARefusedRequestChangesNothing(t *testing.T) {
	db := inCompanies(t)
	nur, _, _ := nur(db, t)
	rec := query(t, db, rinaPhone, "m1", fmt.Sprintf(
		"ticket.open service=mutasi perusahaan=PT1 pegawai_dipilih=%s_Nur mutasi_alasan=resign mutasi_tanggal=2026-11-20", nur.Card))
	must(t, does(t, db, "anton", "reject masih bekerja", fact(t, rec, "ref"), noon))
	equal(t, "still there", stands(t, db, string(nur.Card), born, noon), "PPU aktif")
}

func TestTheMakerDoesNotApprove(t *testing.T) {
	db := inCompanies(t)
	nur, _, _ := nur(db, t)
	rec := query(t, db, rinaPhone, "m1", fmt.Sprintf("ticket.open service=mutasi perusahaan=PT1 pegawai_dipilih=%s_Nur", nur.Card))
	ref := fact(t, rec, "ref")
	var foreign *desk.ForeignError
	if err := does(t, db, "maya", "approve", ref, noon); !errors.As(err, &foreign) {
		t.Errorf("as a maker: %v", err)
	}
	_, err := db.SetOfficer(t.Context(), desk.Officer{Name: "maya", Role: desk.RoleCompanyApprover, Scope: []string{"PT1"}, Enabled: true}, noon)
	must(t, err)
	var second *desk.SecondError
	if err := does(t, db, "maya", "approve", ref, noon); !errors.As(err, &second) {
		t.Errorf("as an approver of what she made: %v", err)
	}
}

func TestANewEmployeeIsInTheRegisterFromTheirDayOn(t *testing.T) {
	db := inCompanies(t)
	_, _, oki := nur(db, t)
	const siti = "3174015708900002"
	rows := "pegawai_baru=" + siti + ";1990-08-17;Siti_Aminah|" + string(oki.NIK) + ";1990-01-15;Oki mutasi_tanggal=2026-12-01"
	ref := asked(t, db, "PT1", rows)
	must(t, granted(t, db, ref, "(semua) berhasil"))
	eve, day := noon.AddDate(0, 0, 7), noon.AddDate(0, 0, 8)
	equal(t, "she, before", stands(t, db, siti, "1990-08-17", eve), "PPU nonaktif")
	equal(t, "she", stands(t, db, siti, "1990-08-17", day), "PPU aktif")
	count := func(phone, company string, when time.Time) string {
		applied++
		in := from(phone, fmt.Sprint("count", applied), "ask company.employees company="+company+" search=semua from=0")
		return fact(t, submit(t, db, at(in, when)), "count")
	}
	equal(t, "her colleagues, before and after", count(rinaPhone, "PT1", eve)+" "+count(rinaPhone, "PT1", day), "1 3")
	m, _, err := db.Member(t.Context(), string(oki.NIK))
	must(t, err)
	equal(t, "Oki, who worked elsewhere", m.On(eve).Employer+" "+m.On(day).Employer, "PT2 PT1")
	healthy(t, db)

	// The next register brings her card; she is there once, and her day stands.
	hers := crowd(1)[0]
	hers.Card, hers.NIK, hers.Name, hers.Status = "0001234567890", siti, "Siti Aminah", jkn.InactiveMember
	imports(t, db, []jkn.Member{hers})
	m, _, err = db.Member(t.Context(), siti)
	must(t, err)
	equal(t, "with a card", string(m.Card)+" "+m.On(day).Employer, "0001234567890 PT1")
	equal(t, "once", count(rinaPhone, "PT1", day), "3")
}

func TestTheCardThatCameWithTheOutcomeIsHers(t *testing.T) {
	db := inCompanies(t)
	ref := asked(t, db, "PT1", "pegawai_baru=3174015708900002;1990-08-17;Siti mutasi_tanggal=2026-11-23")
	must(t, granted(t, db, ref, "(1) berhasil 0001234567890"))
	equal(t, "by card", stands(t, db, "0001234567890", "1990-08-17", noon), "PPU aktif")
}

// The register is imported again while a change is still to come: a file that does not know of it does not undo it, one
// that says something else does.
func TestAnImportKeepsWhatIsToCome(t *testing.T) {
	day := noon.AddDate(0, 0, 8)
	for what, c := range map[string]struct {
		change func(*jkn.Member)
		want   string
	}{
		"the same":       {func(*jkn.Member) {}, "PPU nonaktif berhenti_kerja"},
		"another phone":  {func(m *jkn.Member) { m.Phone = "+6281200000077" }, "PPU nonaktif berhenti_kerja"},
		"inactive":       {func(m *jkn.Member) { m.Status, m.Reason = jkn.InactiveMember, jkn.NIKUnknown }, "PPU nonaktif nik_tidak_padan"},
		"elsewhere":      {func(m *jkn.Member) { m.Employer = "PT2" }, "PPU aktif"},
		"active, but it": {func(m *jkn.Member) { m.Since = noon }, "PPU aktif"},
	} {
		db := inCompanies(t)
		nur, _, _ := nur(db, t)
		ref := asked(t, db, "PT1", fmt.Sprintf("pegawai_dipilih=%s_Nur mutasi_alasan=resign mutasi_tanggal=2026-12-01", nur.Card))
		must(t, granted(t, db, ref, "(1) berhasil"))
		c.change(&nur)
		imports(t, db, []jkn.Member{nur})
		equal(t, what, stands(t, db, string(nur.Card), born, day), c.want)
	}
}

// Numbers of another company in a table are like numbers of nobody.
func TestATableTellsNothingOfOtherCompanies(t *testing.T) {
	db := inCompanies(t)
	nur, _, oki := nur(db, t)
	table := fmt.Sprintf("tabel|1;%s;;|2;%s;;|3;0009999999999;;|4;%s;;", nur.Card, oki.Card, oki.NIK)
	rec := query(t, db, rinaPhone, "t1", "company.employees company=PT1 from=0 search="+table)
	equal(t, "found", facts(t, rec, "count", "strange"), "count=1 strange=3")
	if strings.Contains(texts(rec), "CANARY") || strings.Contains(texts(rec), string(oki.Card)) {
		t.Errorf("it tells of another company: %s", texts(rec))
	}
	rec = query(t, db, rinaPhone, "t2", "company.employees company=PT2 from=0 search="+table)
	equal(t, "in the name of another", facts(t, rec, "count", "strange"), "count=0 strange=4")
}

func TestACompanysTicketsBelongWhereItIs(t *testing.T) {
	db := inCompanies(t)
	must(t, db.ImportBranches(t.Context(), []jkn.Branch{
		{Code: "AMB", Name: "Ambon", Kind: jkn.BranchOffice, Regencies: []string{"81.71"}},
	}, false))
	hire(t, db, "jakarta bpjs 31", "ambon bpjs 81.71")
	ref := asked(t, db, "PT1", "pegawai_dipilih=x mutasi_tanggal=2026-12-01")
	ticket := ticketOf(t, db, ref)
	_, offset := ticket.OpenedAt.Zone()
	equal(t, "place", fmt.Sprint(ticket.Regency, ticket.Branch, offset/3600), "81.71AMB9")
	equal(t, "whose", ticket.Officer, "ambon")
	var foreign *desk.ForeignError
	if err := does(t, db, "jakarta", "approve", ref, noon); !errors.As(err, &foreign) {
		t.Errorf("an officer of another place: %v", err)
	}
}

// Whom a search shows their maker knows who looked: once a day, whatever pages were turned.
func TestWhomAMakerIsShownIsRecordedOnceADay(t *testing.T) {
	db := inCompanies(t)
	staff := crowd(12)
	for i := range staff {
		staff[i].Employer = "PT1"
	}
	staff[11].Employer = "PT2"
	imports(t, db, staff)
	looks := func(m jkn.Member) string {
		found, err := db.Looks(t.Context(), string(m.NIK))
		must(t, err)
		return looked(found)
	}
	search := func(id, phone, args string, when time.Time) {
		submit(t, db, at(from(phone, id, "ask company.employees company=PT1 "+args), when))
	}
	search("s1", siti, "search=semua from=0", noon)
	equal(t, "by who is no maker", looks(staff[0]), "")
	search("s2", rinaPhone, "search=semua from=0", noon)
	search("s3", rinaPhone, "search=semua from=0", noon.Add(time.Minute))
	equal(t, "shown twice", looks(staff[0]), "12:00 maya member.seen: e-Dabu")
	unseen := staff[9] // by name, the last of PT1
	equal(t, "on the next page", looks(unseen), "")
	search("s4", rinaPhone, "search=semua from=10", noon.Add(2*time.Minute))
	equal(t, "turned to", looks(unseen), "12:02 maya member.seen: e-Dabu")
	search("s5", rinaPhone, "from=0 search=tabel|1;"+string(unseen.Card)+";;|2;"+string(staff[11].Card)+";;", noon.AddDate(0, 0, 1))
	equal(t, "in a table, the day after", looks(unseen), "12:02 maya member.seen: e-Dabu\n12:00 maya member.seen: e-Dabu")
	equal(t, "another company's", looks(staff[11]), "")
}
