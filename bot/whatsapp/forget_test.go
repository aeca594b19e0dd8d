package whatsapp_test

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sapa/bot/whatsapp"
	"sapa/bot/whatsapp/watest"
	"sapa/store"
)

// ours are the columns of whatsmeow's database that are about our own devices, or about nobody.
var ours = []string{
	"whatsmeow_app_state_mutation_macs.jid", "whatsmeow_app_state_mutation_macs.name",
	"whatsmeow_app_state_sync_keys.jid", "whatsmeow_app_state_version.jid", "whatsmeow_app_state_version.name",
	"whatsmeow_device.business_name", "whatsmeow_device.companion_meta_nonce", "whatsmeow_device.facebook_uuid",
	"whatsmeow_device.jid", "whatsmeow_device.lid", "whatsmeow_device.platform", "whatsmeow_device.push_name",
	"whatsmeow_event_buffer.our_jid", "whatsmeow_identity_keys.our_jid", "whatsmeow_message_secrets.message_id",
	"whatsmeow_message_secrets.our_jid", "whatsmeow_nct_salt.our_jid", "whatsmeow_pre_keys.jid",
	"whatsmeow_privacy_tokens.our_jid", "whatsmeow_sender_keys.our_jid", "whatsmeow_sessions.our_jid",
}

// A column that a newer whatsmeow brings has to be put into one list or the other.
func TestEveryColumnThatMayNameSomebodyIsForgottenBy(t *testing.T) {
	t.Parallel()
	wa := watest.New(t)
	dir := t.TempDir()
	run(t, wa, dir).stop()
	traces, unkept := whatsapp.Traces()
	var found []string
	for _, column := range namingColumns(t, dir) {
		table, _, _ := strings.Cut(column, ".")
		if !slices.Contains(ours, column) && !slices.Contains(unkept, table) {
			found = append(found, column)
		}
	}
	slices.Sort(traces)
	if !slices.Equal(found, traces) {
		t.Errorf("columns that may name somebody:\n%q, forgotten by are\n%q", found, traces)
	}
}

// namingColumns are the columns of whatsmeow's tables that hold no plain numbers or keys, sorted.
func namingColumns(t *testing.T, dir string) []string {
	t.Helper()
	db := openKeysFile(t, dir)
	defer func() { must(t, db.Close()) }()
	rows, err := db.QueryContext(t.Context(), `SELECT m.name || '.' || c.name FROM sqlite_master m, pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name GLOB 'whatsmeow_*' AND m.name <> 'whatsmeow_version'
			AND lower(c.type) NOT IN ('bytea', 'bigint', 'integer', 'boolean') ORDER BY 1`)
	must(t, err)
	return all(t, rows)
}

func all(t *testing.T, rows *sql.Rows) (found []string) {
	t.Helper()
	defer func() { must(t, rows.Err()) }()
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var one string
		must(t, rows.Scan(&one))
		found = append(found, one)
	}
	return found
}

// traces counts how often somebody stands in whatsmeow's files, and in which columns.
func (d *desk) traces(dir string, who *watest.Person) (hits int, columns []string) {
	d.t.Helper()
	var names [][]byte
	db := openKeysFile(d.t, dir)
	defer func() { must(d.t, db.Close()) }()
	known, _ := whatsapp.Traces()
	for _, user := range []string{who.JID().User, who.LID().User} {
		veiled, err := d.db.VeilAside("whatsmeow.user", user)
		must(d.t, err)
		names = append(names, []byte(veiled))
		for _, name := range known {
			table, column, _ := strings.Cut(name, ".")
			var n int
			must(d.t, db.QueryRowContext(d.t.Context(), "SELECT count(*) FROM "+table+" WHERE "+column+" GLOB ?1 || '*'", veiled).Scan(&n))
			if n > 0 && !slices.Contains(columns, name) {
				columns = append(columns, name)
			}
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "whatsapp.db*"))
	must(d.t, err)
	for _, file := range files {
		body, err := os.ReadFile(file)
		must(d.t, err)
		for _, name := range names {
			hits += bytes.Count(body, name)
		}
	}
	slices.Sort(columns)
	return hits, columns
}

// leavesTraces has somebody do all that whatsmeow keeps something of.
func leavesTraces(t *testing.T, d *desk, dir string, number *watest.Number, who *watest.Person) {
	t.Helper()
	who.EditsAs(watest.EditSealed)
	who.SendsToGroup(number, who.JID().User+"-1600000000", "halo semua")
	for _, as := range []watest.Addressing{watest.AsNumber, watest.AsLID} {
		who.ArrivesAs(as)
		who.Sends(number, "halo")
		equal(t, "answer", who.Reads().Text, "halo")
	}
	number.AwaitAllAcked()
	db := openKeysFile(t, dir)
	defer func() { must(t, db.Close()) }()
	veiled, err := d.db.VeilAside("whatsmeow.user", who.LID().User)
	must(t, err)
	_, err = db.ExecContext(t.Context(), `INSERT OR REPLACE INTO whatsmeow_privacy_tokens (our_jid, their_jid, token, timestamp)
		SELECT jid, ? || '@lid', x'00', 1 FROM whatsmeow_device`, veiled)
	must(t, err)
}

func TestWhoWasErasedLeavesNoTraceAndMayWriteAgain(t *testing.T) {
	t.Parallel()
	wa := watest.New(t)
	number, dir := wa.Number("6281100000001"), t.TempDir()
	siti, budi := kenari(wa), wa.Person("6281200000002")
	d := run(t, wa, dir)
	d.link("chika", number)
	leavesTraces(t, d, dir, number, siti)
	leavesTraces(t, d, dir, number, budi)
	hits, columns := d.traces(dir, siti)
	known, _ := whatsapp.Traces()
	slices.Sort(known)
	known = slices.DeleteFunc(known, func(column string) bool { return column == "whatsmeow_sender_keys.chat_id" }) // groups
	if hits == 0 || !slices.Equal(columns, known) {
		t.Fatalf("before: %d hits in %q", hits, columns)
	}

	d.erase(siti.LID().String())
	if hits, columns := d.traces(dir, siti); hits != 0 {
		t.Errorf("she stands in whatsmeow's files %d times, in %q", hits, columns)
	}
	if hits, columns := d.traces(dir, budi); hits == 0 || !slices.Equal(columns, known) {
		t.Errorf("what is left of somebody else: %d hits in %q", hits, columns)
	}
	budi.Sends(number, "saya masih di sini")
	equal(t, "somebody else", budi.Reads().Text, "saya masih di sini")

	// Her phone has a session that we know nothing of: it is asked for the message in a new one.
	siti.Sends(number, "halo lagi")
	equal(t, "answer", siti.Reads().Text, "halo lagi")
	d.awaitLog("message.undecryptable")
	number.AwaitAllAcked()
	if _, columns := d.traces(dir, siti); !slices.Contains(columns, "whatsmeow_lid_map.lid") {
		t.Errorf("her number is not learnt again: only %q", columns)
	}
	d.stop()
	run(t, wa, dir)
	number.AwaitLogins(2)
	siti.Sends(number, "setelah mulai ulang")
	equal(t, "after a restart", siti.Reads().Text, "setelah mulai ulang")
}

// erase erases somebody and waits until the lines have forgotten them.
func (d *desk) erase(address string) {
	d.t.Helper()
	_, err := d.db.EraseContact(d.t.Context(), address, store.Erasing{Who: "operator", Reason: "asked", At: time.Now()})
	must(d.t, err)
	await(d.t, "nobody to be forgotten any more", func() bool {
		left, err := d.db.Forgets(d.t.Context())
		must(d.t, err)
		return len(left) == 0
	})
}
