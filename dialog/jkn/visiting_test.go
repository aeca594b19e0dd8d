package jkn_test

import (
	"fmt"
	"strconv"

	"sapa/dialog"
	"sapa/dialog/jkn"
)

// visiting answers the queries of offices and visits for a walker: the sample's offices, and one visit at a time. Every
// third place is gone when it is booked.
type visiting struct {
	held  dialog.Record // the visit; nil: none
	asked int
}

func sampleBranch(regency, kind string) *jkn.Branch {
	for _, b := range jkn.SampleBranches() {
		for _, r := range b.Regencies {
			if r == regency && string(b.Kind) == kind {
				return &b
			}
		}
	}
	return nil
}

func (v *visiting) office(args dialog.Record) *dialog.Result {
	b := sampleBranch(args["regency"], args["kind"])
	return &dialog.Result{Facts: jkn.BranchFacts(b, args["regency"], "08:00", "15:00"), Sample: b != nil}
}

func (v *visiting) days(args dialog.Record) *dialog.Result {
	b := sampleBranch(args["regency"], args["kind"])
	if b == nil {
		b = &jkn.Branch{}
	}
	res := &dialog.Result{Facts: dialog.Record{
		"known": strconv.FormatBool(b.Code != ""), "taken": strconv.FormatBool(v.held["kind"] == args["kind"]), "count": "3",
		"place": b.Place(), "zone": "WIB",
	}}
	if v.asked++; v.asked%7 == 0 {
		res.Facts["count"] = "0"
		return res
	}
	for day := 24; day < 27; day++ {
		res.Rows = append(res.Rows, dialog.Record{"day": fmt.Sprintf("2026-11-%d", day)})
	}
	return res
}

func (v *visiting) slots(args dialog.Record) *dialog.Result {
	res := &dialog.Result{Facts: dialog.Record{"count": "12"}}
	if v.asked++; v.asked%5 == 0 {
		res.Facts["count"] = "0"
		return res
	}
	for n := range 12 {
		at := fmt.Sprintf("%sT%02d:%02d:00+07:00", args["day"], 8+n/2, n%2*30)
		res.Rows = append(res.Rows, dialog.Record{"at": at})
	}
	return res
}

func (v *visiting) book(args dialog.Record) *dialog.Result {
	facts := dialog.Record{
		"ok": "false", "taken": strconv.FormatBool(v.held != nil), "code": "", "at": args["at"], "place": "Contoh", "remind": "true",
	}
	if v.asked++; v.held == nil && v.asked%3 > 0 {
		facts["ok"], facts["code"] = "true", "KH-482"
		v.held = dialog.Record{
			"code": "KH-482", "at": args["at"], "office": "Contoh", "place": "Contoh", "kind": args["kind"], "service": args["service"],
		}
	}
	return &dialog.Result{Facts: facts}
}

func (v *visiting) mine(args dialog.Record) *dialog.Result {
	if v.held == nil || args["code"] != "" && args["code"] != v.held["code"] {
		return &dialog.Result{Facts: dialog.Record{"count": "0"}}
	}
	facts := dialog.Record{"count": "1"}
	for name, value := range v.held {
		facts[name] = value
	}
	return &dialog.Result{Facts: facts, Rows: []dialog.Record{v.held}, Sample: true}
}

func (v *visiting) cancel(args dialog.Record) *dialog.Result {
	ok := v.held != nil && args["code"] == v.held["code"]
	if ok {
		v.held = nil
	}
	return &dialog.Result{Facts: dialog.Record{"ok": strconv.FormatBool(ok)}}
}
