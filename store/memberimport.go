package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"iter"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"sapa/dialog/jkn"
)

// A register of a million is imported beside a running service, which must get its turn all the time: transactions are
// short, with a pause after each. Numbers are hashes, spread all over their table; written one by one each would change
// a page of it. So a part of the file is held in memory and its numbers are written in the order of their hashes.
const (
	importPart  = 100_000 // members held in memory
	importBatch = 1_000   // members of one transaction
	numberBatch = 2_500   // numbers of one transaction
	numberRows  = 50      // numbers of one statement
	lookupBatch = 500     // hashes looked up by one query
	importLock  = "import.lock"
)

// Imported counts what an import did.
type Imported struct {
	Added, Updated, Unchanged int
}

// Total is how many members were read.
func (i Imported) Total() int { return i.Added + i.Updated + i.Unchanged }

// ImportMembers adds members to the register, or updates those whose card it knows. Made-up members are taken out
// before the first real one comes in. A card that comes twice is taken as it stands last. It works in many short
// transactions, so an import that was broken off has taken in part of the members; done again it goes on. Report, if
// not nil, is told from time to time how many are done. Error: ErrImporting.
func (d *DB) ImportMembers(ctx context.Context, members iter.Seq[jkn.Member], sample bool, report func(done int)) (Imported, error) {
	lock := flock.New(filepath.Join(d.dir, importLock), flock.SetPermissions(0o600))
	ok, err := lock.TryLock()
	if err != nil {
		return Imported{}, unwritable(err)
	}
	if !ok {
		return Imported{}, ErrImporting
	}
	im := importing{DB: d, sample: sample, report: report}
	if !sample {
		err = d.RemoveSample(ctx)
	}
	if err == nil {
		err = im.run(ctx, members)
	}
	if err == nil {
		err = d.joinCardless(ctx)
	}
	return im.Imported, explain(errors.Join(err, lock.Close()))
}

// importing is one import under way.
type importing struct {
	*DB
	Imported
	sample bool
	report func(done int)
}

// part is as much of a file as is held in memory, each card once.
type part struct {
	members []*incoming
	again   int // members that came twice
}

// incoming is a member of a file: encoded, and the hashes it is found by, the card's first.
type incoming struct {
	plain  []byte
	hashes [][]byte

	id    int64   // 0: not in the register yet
	known *member // as it stands there
}

// run reads and hashes the next part while this one is written.
func (im *importing) run(ctx context.Context, members iter.Seq[jkn.Member]) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	parts := make(chan part)
	failed := make(chan error, 1)
	go func() {
		defer close(parts)
		failed <- im.read(ctx, members, parts)
	}()
	for p := range parts {
		if err := im.write(ctx, p); err != nil {
			stop()
			for range parts { // the reader ends by itself
				continue
			}
			return err
		}
	}
	return <-failed
}

func (im *importing) read(ctx context.Context, members iter.Seq[jkn.Member], parts chan<- part) error {
	p := part{}
	places := make(map[jkn.Card]int, importPart)
	send := func() error {
		select {
		case parts <- p:
			p = part{}
			clear(places)
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	for m := range members {
		in, err := im.prepare(m)
		if err != nil {
			return err
		}
		if i, twice := places[m.Card]; twice {
			p.members[i] = in
			p.again++
			continue
		}
		places[m.Card] = len(p.members)
		if p.members = append(p.members, in); len(p.members) == importPart {
			if err := send(); err != nil {
				return err
			}
		}
	}
	return send()
}

func (im *importing) prepare(m jkn.Member) (*incoming, error) {
	plain, err := json.Marshal(m)
	if err != nil {
		return nil, errors.New("a member of the file cannot be encoded") // the encoder's words may hold content
	}
	hashes, err := im.ring.numbers(m)
	return &incoming{plain: plain, hashes: hashes}, err
}

// write brings a part into the register. The numbers go first: a member who cannot be found would be added again by
// the next import, while a number that leads nowhere yet waits for it.
func (im *importing) write(ctx context.Context, p part) error {
	if err := im.find(ctx, p.members); err != nil {
		return err
	}
	changed, added, err := im.compare(ctx, p.members)
	if err != nil {
		return err
	}
	if err := im.number(ctx, changed, added); err != nil {
		return err
	}
	fresh, stale, err := im.numbering(changed)
	if err != nil {
		return err
	}
	if err := im.addNumbers(ctx, fresh); err != nil {
		return err
	}
	before := im.Total()
	err = im.inBatches(ctx, len(changed), importBatch, func(t *tx, i int) error { return t.importMember(changed[i], im.sample) },
		func(done int) { im.tell(before + done) })
	if err != nil {
		return err
	}
	im.Added += added
	im.Updated += len(changed) - added + p.again
	im.Unchanged += len(p.members) - len(changed)
	im.tell(im.Total())
	return im.dropNumbers(ctx, stale)
}

func (im *importing) tell(done int) {
	if im.report != nil {
		im.report(done)
	}
}

// find looks up which cards the register has, in the order of their hashes.
func (im *importing) find(ctx context.Context, members []*incoming) error {
	byCard := slices.Clone(members)
	slices.SortFunc(byCard, func(a, b *incoming) int { return bytes.Compare(a.hashes[0], b.hashes[0]) })
	for some := range slices.Chunk(byCard, lookupBatch) {
		type found struct {
			hash []byte
			id   int64
		}
		args := make([]any, len(some))
		for i, in := range some {
			args[i] = in.hashes[0]
		}
		all, err := read(ctx, im.DB, "SELECT hash, member FROM member_numbers WHERE hash IN (?"+
			strings.Repeat(", ?", len(some)-1)+") ORDER BY hash", args,
			func(rows *sql.Rows) (f found, err error) { return f, rows.Scan(&f.hash, &f.id) })
		if err != nil {
			return err
		}
		for _, in := range some {
			for len(all) > 0 && bytes.Compare(all[0].hash, in.hashes[0]) < 0 {
				all = all[1:]
			}
			if len(all) > 0 && bytes.Equal(all[0].hash, in.hashes[0]) {
				in.id = all[0].id
			}
		}
	}
	return nil
}

// compare gives the members who are to be written: those who are new, and those whose record is another now.
func (im *importing) compare(ctx context.Context, members []*incoming) (changed []*incoming, added int, err error) {
	byID := map[int64]*incoming{}
	for _, in := range members {
		if in.id != 0 {
			byID[in.id] = in
		}
	}
	ids := slices.Sorted(maps.Keys(byID))
	for some := range slices.Chunk(ids, lookupBatch) {
		args := make([]any, len(some))
		for i, id := range some {
			args[i] = id
		}
		_, err := read(ctx, im.DB, "SELECT id, sample, wrapped, sealed_member FROM members WHERE id IN (?"+
			strings.Repeat(", ?", len(some)-1)+")", args, func(rows *sql.Rows) (struct{}, error) {
			m, err := im.ring.scanMember(rows)
			byID[m.id].known = &m
			return struct{}{}, err
		})
		if err != nil {
			return nil, 0, err
		}
	}
	for _, in := range members {
		if err := im.keepComing(in); err != nil {
			return nil, 0, err
		}
		if in.known == nil {
			added++
		} else if plain, err := json.Marshal(in.known.Member); err != nil || bytes.Equal(plain, in.plain) {
			if err != nil {
				return nil, 0, err
			}
			continue
		}
		changed = append(changed, in)
	}
	return changed, added, nil
}

// keepComing keeps what was decided for a later day, where the file has what the register had before.
func (im *importing) keepComing(in *incoming) error {
	if in.known == nil || in.known.Coming.From.IsZero() {
		return nil
	}
	var m jkn.Member
	if json.Unmarshal(in.plain, &m) != nil {
		return errors.New("a member of the file cannot be read back") // the decoder's words may hold content
	}
	if before := in.known; m.Status != before.Status || m.Employer != before.Employer || !m.Since.Equal(before.Since) {
		return nil
	}
	m.Coming = in.known.Coming
	kept, err := im.prepare(m)
	if err == nil {
		in.plain, in.hashes = kept.plain, kept.hashes
	}
	return err
}

// joinCardless takes out those whom an employer added and who have come with a card since. What was decided for them for
// a later day goes over to the card.
func (d *DB) joinCardless(ctx context.Context) error {
	return d.do(ctx, func(t *tx) error {
		waiting, err := t.db.ring.membersOf(t.query, cardless, noCard(jkn.Member{}))
		if err != nil {
			return err
		}
		for _, m := range waiting {
			carded, found, err := t.db.ring.member(t.query, string(m.NIK))
			if err != nil {
				return err
			}
			if !found || carded.Card == "" {
				continue
			}
			after := carded.Member
			if !m.Coming.From.IsZero() {
				after.Coming = m.Coming
			}
			if err := errors.Join(t.changeMember(carded, after), t.removeMember(m)); err != nil {
				return err
			}
		}
		return nil
	})
}

// number gives new members their numbers in the register.
func (im *importing) number(ctx context.Context, members []*incoming, added int) error {
	var last int64
	err := im.do(ctx, func(t *tx) error {
		return t.get(`INSERT INTO meta (name, value) VALUES ('members', ?) ON CONFLICT (name) DO UPDATE
			SET value = value + excluded.value RETURNING value`, []any{added}, &last)
	})
	if err != nil {
		return err
	}
	next := last - int64(added)
	for _, in := range members {
		if in.id == 0 {
			next++
			in.id = next
		}
	}
	return nil
}

// numbered is a hash and the member it leads to.
type numbered struct {
	hash []byte
	id   int64
}

// numbering gives the hashes to add and those to take away, each in their order.
func (im *importing) numbering(members []*incoming) (fresh, stale []numbered, err error) {
	for _, in := range members {
		var before [][]byte
		if in.known != nil {
			if before, err = im.ring.numbers(in.known.Member); err != nil {
				return nil, nil, err
			}
		}
		fresh = appendMissing(fresh, in.id, in.hashes, before)
		stale = appendMissing(stale, in.id, before, in.hashes)
	}
	order := func(a, b numbered) int { return bytes.Compare(a.hash, b.hash) }
	slices.SortFunc(fresh, order)
	slices.SortFunc(stale, order)
	return fresh, stale, nil
}

// appendMissing appends those of the hashes that are not among the others.
func appendMissing(list []numbered, id int64, hashes, others [][]byte) []numbered {
	for _, hash := range hashes {
		if !slices.ContainsFunc(others, func(other []byte) bool { return bytes.Equal(hash, other) }) {
			list = append(list, numbered{hash, id})
		}
	}
	return list
}

func (im *importing) addNumbers(ctx context.Context, numbers []numbered) error {
	rows := slices.Collect(slices.Chunk(numbers, numberRows))
	return im.inBatches(ctx, len(rows), numberBatch/numberRows, func(t *tx, i int) error {
		args := make([]any, 0, 2*numberRows)
		for _, n := range rows[i] {
			args = append(args, n.hash, n.id)
		}
		return t.run("INSERT OR IGNORE INTO member_numbers (hash, member) VALUES (?, ?)"+
			strings.Repeat(", (?, ?)", len(rows[i])-1), args...)
	}, nil)
}

func (im *importing) dropNumbers(ctx context.Context, numbers []numbered) error {
	return im.inBatches(ctx, len(numbers), importBatch, func(t *tx, i int) error {
		return t.run("DELETE FROM member_numbers WHERE hash = ? AND member = ?", numbers[i].hash, numbers[i].id)
	}, nil)
}

// inBatches writes n rows, so many in a transaction, and leaves the database to others after each.
func (im *importing) inBatches(ctx context.Context, n, batch int, write func(t *tx, i int) error, written func(done int)) error {
	for from := 0; from < n; from += batch {
		to, began := min(from+batch, n), time.Now()
		err := im.do(ctx, func(t *tx) error {
			for i := from; i < to; i++ {
				if err := write(t, i); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		if written != nil {
			written(to)
		}
		time.Sleep(time.Since(began)) // as long for others as for this
	}
	return nil
}

// importMember writes a row of the register, under the key it has or a new one.
func (t *tx) importMember(in *incoming, sample bool) error {
	key := rowKey{}
	if in.known != nil {
		key = in.known.key
	} else {
		var err error
		if key, err = t.db.ring.makeRowKey(memberKeyPlace(in.id)); err != nil {
			return err
		}
	}
	sealed, err := key.seal(memberPlace(in.id), in.plain)
	if err != nil {
		return err
	}
	return t.run(`INSERT INTO members (id, sample, wrapped, sealed_member) VALUES (?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET sealed_member = excluded.sealed_member`, in.id, sample, key.wrapped, sealed)
}

// RemoveSample takes the made-up members and companies out of the registers.
func (d *DB) RemoveSample(ctx context.Context) error {
	return d.do(ctx, func(t *tx) error {
		members, err := collect(t.query, "SELECT id, sample, wrapped, sealed_member FROM members WHERE sample = 1", nil,
			t.db.ring.scanMember)
		if err != nil {
			return err
		}
		for _, m := range members {
			if err := t.removeMember(m); err != nil {
				return err
			}
		}
		return t.run("DELETE FROM companies WHERE sample = 1")
	})
}

func (t *tx) removeMember(m member) error {
	hashes, err := t.db.ring.numbers(m.Member)
	if err != nil {
		return err
	}
	for _, hash := range hashes {
		if err := t.run("DELETE FROM member_numbers WHERE hash = ? AND member = ?", hash, m.id); err != nil {
			return err
		}
	}
	return t.run("DELETE FROM members WHERE id = ?", m.id)
}
