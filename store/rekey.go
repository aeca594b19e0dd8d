package store

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"math"
	"time"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
)

// wrappedTable is a table whose rows' data keys the master key wraps.
type wrappedTable struct {
	name  string
	key   string // column of the primary key
	least any    // before every one of them
	row   func(key any) []byte
}

// wrappedTables are all of them. Keys of tickets and documents lie under other data keys, which stay the same.
var wrappedTables = []wrappedTable{
	{"keys", "contact", int64(math.MinInt64), func(key any) []byte { return keyRow(whole(key)) }},
	{"subjects", "id", int64(math.MinInt64), func(key any) []byte { return subjectKeyPlace(whole(key)).bytes() }},
	{"members", "id", int64(math.MinInt64), func(key any) []byte { return memberKeyPlace(whole(key)).bytes() }},
	{"officers", "name", "", func(key any) []byte { name, _ := key.(string); return officerKeyPlace(name).bytes() }},
	{"payments", "reference_hash", []byte{}, func(key any) []byte { hash, _ := key.([]byte); return paymentKeyPlace(hash).bytes() }},
}

func whole(key any) int64 {
	n, _ := key.(int64) // SQLite keeps it so in a STRICT table
	return n
}

const rekeyBatch = 200 // keys of one transaction

// Rekey makes a new master key and wraps every data key anew, in small transactions while a service runs, which takes
// the new keyset up by itself; it gives how many data keys it wrapped. progress, where not nil, is told how many of how
// many are done. The older master keys stay in the keyset, so that older backups still restore. A Rekey that was broken
// off is taken up again by the next one. Values are not sealed anew, and index.json stays as it is: every hash that
// something is found by is made with it, those of the list of erasures too, and nobody could be found any more.
// Error: ErrSealed where keys did not open, which stay as they are; ErrReadOnly where the keys directory cannot be written.
func (d *DB) Rekey(ctx context.Context, progress func(done, total int)) (done int, err error) {
	if err := d.do(ctx, (*tx).beginRekey); err != nil {
		return 0, err
	}
	prefix := d.ring.master.Load().prefix
	total := 0
	for _, table := range wrappedTables {
		var n int
		if err := d.reader.QueryRowContext(ctx, table.count(), prefix).Scan(&n); err != nil {
			return 0, explain(err)
		}
		total += n
	}
	re := rekeying{DB: d, prefix: prefix, total: total, progress: progress}
	for _, table := range wrappedTables {
		if err := re.table(ctx, table); err != nil {
			return re.done, err
		}
	}
	if err := d.do(ctx, (*tx).endRekey); err != nil || re.sealed == 0 {
		return re.done, err
	}
	return re.done, fmt.Errorf("%w: %d data keys", ErrSealed, re.sealed)
}

// beginRekey makes the new master key, unless one was made that not everything is under yet.
func (t *tx) beginRekey() error {
	if err := t.db.ring.refresh(); err != nil {
		return err
	}
	var begun bool
	if err := t.get("SELECT EXISTS (SELECT 1 FROM meta WHERE name = 'rekey')", nil, &begun); err != nil || begun {
		return err
	}
	m := keyset.NewManagerFromHandle(t.db.ring.master.Load().handle)
	id, err := m.Add(aead.AES256GCMKeyTemplate())
	if err == nil {
		err = m.SetPrimary(id)
	}
	if err != nil {
		return fmt.Errorf("make a master key: %w", err)
	}
	handle, err := m.Handle()
	if err != nil {
		return fmt.Errorf("make a master key: %w", err)
	}
	// The mark first: with the key made and the mark lost, the next Rekey makes one more, which does no harm.
	if err := t.run("INSERT INTO meta (name, value) VALUES ('rekey', 1)"); err != nil {
		return err
	}
	return t.db.ring.replace(handle)
}

// endRekey puts what recognises the master key under the new one.
func (t *tx) endRekey() error {
	check, err := t.db.ring.wrap([]byte(databaseFile), keyCheckRow)
	if err != nil {
		return err
	}
	if err := t.run("UPDATE meta SET value = ? WHERE name = 'key_check'", check); err != nil {
		return err
	}
	return t.run("DELETE FROM meta WHERE name = 'rekey'")
}

// rekeying is a Rekey under way.
type rekeying struct {
	*DB
	prefix      []byte
	done, total int
	sealed      int // keys that did not open
	progress    func(done, total int)
}

// elsewhere is the condition for keys that another master key wraps than the one whose prefix is ?1.
const elsewhere = "wrapped IS NOT NULL AND substr(wrapped, 1, 5) <> ?1"

func (w wrappedTable) count() string {
	return "SELECT count(*) FROM " + w.name + " WHERE " + elsewhere
}

// wrappedKey is a row of such a table.
type wrappedKey struct {
	key     any
	wrapped []byte
}

func (re *rekeying) table(ctx context.Context, w wrappedTable) error {
	query := "SELECT " + w.key + ", wrapped FROM " + w.name + " WHERE " + elsewhere + " AND " + w.key + " > ?2 ORDER BY " +
		w.key + " LIMIT ?3"
	for after := w.least; ; {
		rows, err := read(ctx, re.DB, query, []any{re.prefix, after, rekeyBatch}, func(rows *sql.Rows) (k wrappedKey, err error) {
			return k, rows.Scan(&k.key, &k.wrapped)
		})
		if err != nil || len(rows) == 0 {
			return err
		}
		after = rows[len(rows)-1].key
		begun, sealed := time.Now(), 0
		err = re.do(ctx, func(t *tx) (err error) {
			sealed, err = t.wrapAnew(w, rows)
			return err
		})
		if err != nil {
			return err
		}
		re.sealed += sealed
		re.done += len(rows) - sealed
		if re.progress != nil {
			re.progress(re.done, re.total)
		}
		time.Sleep(time.Since(begun)) // as long for others as for this
	}
}

// wrapAnew wraps data keys under the primary master key, those that have not changed meanwhile; it gives how many do not
// open.
func (t *tx) wrapAnew(w wrappedTable, rows []wrappedKey) (sealed int, err error) {
	statement := "UPDATE " + w.name + " SET wrapped = ? WHERE " + w.key + " = ? AND wrapped = ?"
	for _, k := range rows {
		if len(k.wrapped) == 0 {
			continue
		}
		plain, err := t.db.ring.decrypt(k.wrapped, w.row(k.key))
		if err != nil {
			sealed++
			continue
		}
		wrapped, err := t.db.ring.wrap(plain, w.row(k.key))
		if err != nil {
			return sealed, err
		}
		if err := t.run(statement, wrapped, k.key, k.wrapped); err != nil {
			return sealed, err
		}
	}
	return sealed, nil
}

// ForgetOldKeys takes every master key but the newest out of the keyset, and gives how many. Backups made before the last
// Rekey cannot be read by anybody then, and copies of the keys directory made before do not open this database. Error:
// ErrOldKeys where a row still needs one of them; then nothing was changed.
func (d *DB) ForgetOldKeys(ctx context.Context) (n int, err error) {
	err = d.do(ctx, func(t *tx) error {
		if err := t.db.ring.refresh(); err != nil {
			return err
		}
		m := t.db.ring.master.Load()
		needed, err := t.needsOlder(m.prefix)
		if err != nil {
			return err
		}
		if needed {
			return ErrOldKeys
		}
		gone, err := t.db.ring.forgetOlder(m)
		n += gone // done again after a rollback it finds none left
		return err
	})
	return n, err
}

// needsOlder reports whether anything is wrapped by another master key than the one with this prefix.
func (t *tx) needsOlder(prefix []byte) (bool, error) {
	var check []byte
	if err := t.get("SELECT value FROM meta WHERE name = 'key_check'", nil, &check); err != nil {
		return false, err
	}
	if !bytes.HasPrefix(check, prefix) {
		return true, nil
	}
	for _, table := range wrappedTables {
		var n int
		if err := t.get(table.count(), []any{prefix}, &n); err != nil || n > 0 {
			return true, err
		}
	}
	return false, nil
}

// forgetOlder writes the keyset with its primary key alone.
func (r *ring) forgetOlder(m *master) (n int, err error) {
	info := m.handle.KeysetInfo()
	keys := keyset.NewManagerFromHandle(m.handle)
	for _, k := range info.GetKeyInfo() {
		if k.GetKeyId() == info.GetPrimaryKeyId() {
			continue
		}
		if err := keys.Delete(k.GetKeyId()); err != nil {
			return 0, fmt.Errorf("forget a master key: %w", err)
		}
		n++
	}
	if n == 0 {
		return 0, nil
	}
	handle, err := keys.Handle()
	if err != nil {
		return 0, fmt.Errorf("forget a master key: %w", err)
	}
	return n, r.replace(handle)
}
