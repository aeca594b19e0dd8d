package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"sapa/dialog"
	"sapa/dialog/jkn"
	"sapa/dialog/worktime"
	"sapa/store"
)

// office is what stands behind the commands: configuration, flows, office hours and, once open, the database. It is
// joined here and nowhere else.
type office struct {
	*config
	catalog  *dialog.Catalog
	engine   *dialog.Engine
	calendar *worktime.Calendar
	zone     *time.Location // the national desk's
	db       *store.DB      // nil until open
}

// office reads and checks all that does not need the database. Nothing is written.
func (s *sapa) office() (*office, error) {
	c, err := s.loadConfig()
	if err != nil {
		return nil, err
	}
	catalog, err := s.catalog()
	if err != nil {
		return nil, err
	}
	return join(c, catalog)
}

// join makes an office of a configuration and flows.
func join(c *config, catalog *dialog.Catalog) (*office, error) {
	entries, err := c.entries(catalog)
	if err != nil {
		return nil, err
	}
	zone, err := worktime.Zone("WIB")
	if err != nil {
		return nil, err
	}
	calendar, err := worktime.New(c.hours, c.holidays, zone)
	if err != nil {
		return nil, err
	}
	engine, err := dialog.NewEngine(catalog, dialog.Settings{
		Lines: entries, Organisation: c.organisation.name, OrganisationPhone: c.organisation.phone,
		Kept: dialog.Kept{Documents: c.retention.documents, Tickets: c.retention.tickets, Messages: c.retention.messages},
		Idle: c.session.idle, Draft: c.session.draft, Zone: zone,
	})
	if err != nil {
		return nil, err
	}
	return &office{config: c, catalog: catalog, engine: engine, calendar: calendar, zone: zone}, nil
}

// catalog loads the flows: the built-in ones, or those of --flows. What is wrong with them is told in full by
// `sapa flow check`; here their number and the first.
func (s *sapa) catalog() (*dialog.Catalog, error) {
	load := ownCatalog
	if s.flowsDir != "" {
		load = func() (*dialog.Catalog, error) { return dialog.Load(s.flows(), jkn.Scheme()) }
	}
	catalog, err := load()
	var mistakes dialog.Mistakes
	if errors.As(err, &mistakes) {
		return nil, fmt.Errorf("the flows have %d mistakes; `sapa flow check` lists them. The first:\n%w", len(mistakes), mistakes[0])
	}
	return catalog, err
}

// ownCatalog is the one in this binary. It never changes, so a reload need not read it again.
var ownCatalog = sync.OnceValues(func() (*dialog.Catalog, error) { return dialog.Load(jkn.Flows, jkn.Scheme()) })

func (s *sapa) flows() fs.FS {
	if s.flowsDir != "" {
		return os.DirFS(s.flowsDir)
	}
	return jkn.Flows
}

// access is how a command opens the database.
type access int

const (
	// running holds the data directory's lock, and makes the database where there is none: serve and chat.
	running access = iota
	// visiting works beside whoever holds the lock: every other command.
	visiting
	// founding is visiting, too, and makes the database where there is none: registers can be filled before the first start.
	founding
)

// lockPatience is how long a start waits for a lock to be let go before it believes it.
const lockPatience = 100 * time.Millisecond

// open opens the database for this office. A failed open changes nothing that was there.
func (o *office) open(ctx context.Context, dataDir string, as access) error {
	options := o.options(as)
	db, err := store.Open(ctx, dataDir, options)
	if errors.Is(err, store.ErrLocked) { // perhaps only a health check, which holds the lock for an instant
		time.Sleep(lockPatience)
		db, err = store.Open(ctx, dataDir, options)
	}
	if err != nil {
		return err
	}
	o.db = db
	if as == running {
		if err := o.settle(ctx); err != nil {
			return errors.Join(err, o.close())
		}
	}
	return nil
}

// settle sees to it that the database and this office go together before anybody is served.
func (o *office) settle(ctx context.Context) error {
	return errors.Join(o.lacking(ctx), o.sampleBranches(ctx), o.sampleRegister(ctx))
}

// tuneStore changes how the database is opened. Tests seed faults with it; a release has none.
var tuneStore func(*store.Options)

// options are how this office's database is opened.
func (o *office) options(as access) store.Options {
	options := store.Options{
		Keys: o.keys, Exclusive: as == running, Existing: as == visiting,
		Engine: o.engine, Pipeline: o.catalog.Pipeline, Calendar: o.calendar, Hours: o.hours,
		Unseen:   o.session.unseen,
		Fallback: func(lang string) string { return o.catalog.Text("fallback", lang) },
		Show:     o.catalog.Show, Fields: o.catalog.Fields, Span: o.catalog.Span,
		Organisation: o.organisation.name, Keep: o.keep(),
	}
	if tuneStore != nil {
		tuneStore(&options)
	}
	return options
}

func (o *office) close() error {
	if o.db == nil {
		return nil
	}
	return o.db.Close()
}

// lacking refuses a catalogue in which open tickets would be stuck.
func (o *office) lacking(ctx context.Context) error {
	stages, err := o.db.OpenStages(ctx)
	if err != nil {
		return err
	}
	var missing []string
	for at, n := range stages {
		if p, ok := o.catalog.Pipeline(at[0]); ok {
			if _, ok := p.Stage(at[1]); ok {
				continue
			}
		}
		missing = append(missing, fmt.Sprintf("%s/%s (%d)", at[0], at[1], n))
	}
	if len(missing) == 0 {
		return nil
	}
	slices.Sort(missing)
	return fmt.Errorf("the flows lack stages at which tickets stand open: %s; use flows that have them, or close those tickets first",
		strings.Join(missing, ", "))
}

// sampleBranches gives a trial made-up branches where none were imported, and takes them away when it is none any
// more.
func (o *office) sampleBranches(ctx context.Context) error {
	branches, err := o.db.Branches(ctx)
	if err != nil {
		return err
	}
	if o.organisation.trial {
		if len(branches) > 0 {
			return nil
		}
		return o.db.ImportBranches(ctx, jkn.SampleBranches(), true)
	}
	sample := jkn.SampleBranches()
	isSample := func(b jkn.Branch) bool {
		return slices.ContainsFunc(sample, func(s jkn.Branch) bool { return s.Code == b.Code })
	}
	if !slices.ContainsFunc(branches, isSample) {
		return nil
	}
	return o.db.ImportBranches(ctx, nil, false)
}

// sampleRegister gives a trial made-up members and companies where no members were imported, and takes them away when
// it is none any more.
func (o *office) sampleRegister(ctx context.Context) error {
	imported, sample, err := o.db.Registered(ctx)
	switch {
	case err != nil:
		return err
	case o.organisation.trial && !imported && !sample:
		if _, err := o.db.ImportMembers(ctx, slices.Values(jkn.SampleMembers()), true, nil); err != nil {
			return err
		}
		companies, err := o.db.Companies(ctx)
		if err != nil || len(companies) > 0 {
			return err
		}
		return o.db.ImportCompanies(ctx, jkn.SampleCompanies(), true)
	case !o.organisation.trial && sample:
		return o.db.RemoveSample(ctx)
	}
	return nil
}

// visit runs do with the office open beside a running service.
func (s *sapa) visit(ctx context.Context, do func(*office) error) error {
	return s.enter(ctx, visiting, do)
}

// found is visit in a data directory that may be empty yet.
func (s *sapa) found(ctx context.Context, do func(*office) error) error {
	return s.enter(ctx, founding, do)
}

func (s *sapa) enter(ctx context.Context, as access, do func(*office) error) (err error) {
	o, err := s.office()
	if err != nil {
		return err
	}
	if err := o.open(ctx, s.dataDir, as); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.close()) }()
	return do(o)
}
