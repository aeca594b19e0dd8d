package desk_test

import (
	"cmp"
	"slices"
	"time"

	"sapa/dialog/desk"
)

// model is what a ticket should be.
type model struct {
	stage   string
	ended   desk.Status // "": it has not
	endedAt time.Time
	asked   []string
	given   map[string]bool // fields that have a value
	officer string
	taken   bool
	first   string // who decided last
	due     time.Time
	broken  bool
	rated   bool
	timers  map[string]time.Time
	rev     int64
	// byItself counts what stages decided without anybody.
	byItself int
	// What became of promises.
	made, kept, failed, void int
}

func (m *model) status() desk.Status {
	switch {
	case m.ended != "":
		return m.ended
	case len(m.asked) > 0:
		return desk.WaitingMember
	}
	return specs[m.stage].status
}

// may reports whether the model allows the action, given with all that it needs.
func (m *model) may(w *world, a desk.Action, who desk.Actor) bool {
	alive := m.ended == ""
	way, decision := ways[a.Name]
	here := alive && decision && way.from == m.stage
	switch {
	case who.Member:
		switch a.Name {
		case "answer":
			return slices.Contains(m.asked, a.Field)
		case "add":
			return alive && (!m.given[a.Field] || slices.Contains(m.asked, a.Field))
		case "hear", "cancel":
			return alive
		case "reopen":
			return !alive && m.ended != desk.Approved && w.now.Sub(m.endedAt) <= 7*day
		case "rate":
			return !alive && !m.rated
		}
		return here && way.member
	case who.System:
		switch a.Name {
		case "note":
			return true
		case "assign":
			return alive && !m.firstAgain(a.To)
		case "release":
			return alive && m.officer != ""
		}
		return here && m.stage == "bayar"
	}
	return m.officerMay(w, a, who, here && !way.member)
}

// officerMay is may for officers; way tells whether the action is a decision that officers have here.
func (m *model) officerMay(w *world, a desk.Action, who desk.Actor, way bool) bool {
	alive, role := m.ended == "", specs[m.stage].role
	if !w.sees(who.Name) || who.Role == "" || who.Role != desk.RoleAdmin && who.Role != desk.RoleBranch && who.Role != desk.RoleBPJS {
		return false
	}
	if a.Name == "note" {
		return true
	}
	admin := who.Role == desk.RoleAdmin
	if !alive || !admin && who.Role != role {
		return false
	}
	mine := m.officer == who.Name
	free := !m.taken || mine || admin
	switch a.Name {
	case "take":
		return (!m.taken || !mine && admin) && !m.firstAgain(who.Name)
	case "say", "ask", "close":
		return free
	case "release":
		return m.officer != "" && (mine || admin)
	case "pass":
		return m.officer != "" && (mine || admin) && a.To != who.Name && !m.firstAgain(a.To)
	case "assign":
		return admin && !m.firstAgain(a.To)
	}
	return way && free && !m.firstAgain(who.Name) && (ways[a.Name].refuse || m.complete())
}

func (m *model) firstAgain(name string) bool { return specs[m.stage].second && m.first == name }

func (m *model) complete() bool {
	return !slices.ContainsFunc(specs[m.stage].papers, func(f string) bool { return !m.given[f] || slices.Contains(m.asked, f) })
}

// act changes the model as a permitted action does.
func (m *model) act(w *world, a desk.Action, who desk.Actor) {
	m.rev++
	if way, ok := ways[a.Name]; ok {
		if !who.Member {
			m.asked = nil
			if !who.System {
				m.first = who.Name
			}
		}
		m.enter(w, way.to, who)
		return
	}
	switch a.Name {
	case "take":
		m.officer, m.taken = who.Name, true
	case "release":
		m.officer, m.taken = "", false
	case "pass", "assign":
		m.officer, m.taken = a.To, false
	case "ask":
		if !slices.Contains(m.asked, a.Field) {
			m.asked = append(slices.Clone(m.asked), a.Field)
		}
		m.rest(w, who)
	case "answer", "add":
		m.given[a.Field] = true
		if i := slices.Index(m.asked, a.Field); i >= 0 {
			m.asked = slices.Concat(m.asked[:i], m.asked[i+1:])
			m.rest(w, who)
		}
	case "close":
		m.end(w, desk.Closed, who)
	case "cancel":
		m.end(w, desk.Cancelled, who)
	case "rate":
		m.rated = true
	case "reopen":
		m.ended, m.rated, m.officer, m.taken = "", false, "", false
		if specs[m.stage].status.Final() {
			m.stage = "periksa"
		}
		m.rest(w, who)
	}
}

func (m *model) enter(w *world, to string, who desk.Actor) {
	before := specs[m.stage].role
	m.stage = to
	next := specs[to]
	if next.status.Final() {
		m.end(w, next.status, who)
		if to == "aktif" {
			m.timers["follow:0"] = daytime(w.cal.Next(w.now.Add(follows)))
		}
		return
	}
	if next.role != before || next.second && m.officer == m.first {
		m.officer, m.taken = "", false
	}
	m.rest(w, who)
}

// rest sets what is promised and what is waited for.
func (m *model) rest(w *world, who desk.Actor) {
	m.settle(w, who)
	m.timers = map[string]time.Time{}
	spec := specs[m.stage]
	remind, expire := spec.remind, spec.expire
	if m.status() == desk.WaitingMember {
		remind, expire = cmp.Or(remind, day), cmp.Or(expire, 14*day)
	} else if spec.promise+spec.within > 0 {
		m.due = w.now.Add(spec.within)
		if spec.promise > 0 {
			m.due = w.cal.Add(w.now, spec.promise)
		}
		m.made++
		m.timers["promise"] = m.due
	}
	if spec.auto.After > 0 && len(m.asked) == 0 {
		m.timers["auto"] = w.now.Add(spec.auto.After)
	}
	if expire > 0 {
		m.timers["remind"], m.timers["expire"] = daytime(w.now.Add(remind)), daytime(w.now.Add(expire))
	}
}

// settle ends the promise there was.
func (m *model) settle(w *world, who desk.Actor) {
	switch {
	case m.due.IsZero() || m.broken:
	case w.now.After(m.due):
		m.failed++
	case who.Member:
		m.void++
	default:
		m.kept++
	}
	m.due, m.broken = time.Time{}, false
}

func (m *model) end(w *world, status desk.Status, who desk.Actor) {
	m.settle(w, who)
	m.ended, m.endedAt, m.asked, m.taken = status, w.now, nil, false
	m.timers = map[string]time.Time{}
}

// fire is a timer of the model going off. It reports whether the member is written to.
func (m *model) fire(w *world, timer string) (told bool) {
	night := !daytime(w.now).Equal(w.now)
	delete(m.timers, timer)
	waiting := m.status() == desk.WaitingMember || m.status() == desk.WaitingPayment
	switch timer {
	case "promise":
		if m.due.IsZero() || m.broken {
			return false
		}
		if w.now.Before(m.due) {
			m.timers["promise"] = m.due
			return false
		}
		m.broken = true
		m.failed++
		m.rev++
		m.timers["escalate"] = w.cal.Add(w.now, 4*time.Hour)
	case "escalate":
		if m.broken {
			m.rev++
		}
	case "auto":
		way, ok := ways[specs[m.stage].auto.Decision]
		if !ok || m.ended != "" || len(m.asked) > 0 {
			return false
		}
		m.rev++
		m.byItself++
		m.enter(w, way.to, system)
		return true
	case "remind", "expire", "follow:0":
		if timer == "follow:0" && m.stage != "aktif" || timer != "follow:0" && !waiting {
			return false
		}
		if night {
			m.timers[timer] = daytime(w.now)
			return false
		}
		m.rev++
		if timer == "expire" {
			m.end(w, desk.Closed, system)
		}
		return true
	}
	return false
}

// daytime moves a time of the night to the next morning, in WIB.
func daytime(t time.Time) time.Time {
	local := t.In(monday.Location())
	midnight := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, local.Location())
	switch since := local.Sub(midnight); {
	case since < 7*time.Hour:
		return midnight.Add(7 * time.Hour)
	case since >= 20*time.Hour:
		return midnight.Add(31 * time.Hour)
	}
	return t
}
