// Package jkn is the scheme of JKN, Indonesia's national health insurance: what its catalogue may name beyond the
// engine's own. [Scheme] hands it to the loader and [Flows] is the catalogue itself, in YAML.
//
//   - what people type: [NIK], [Card] and [FamilyCard] numbers, with the mistakes people make in them
//   - what follows from the law: [Tariffs], [Bill], [InpatientFine], [Window], virtual accounts ([Bank])
//   - where people live and who serves them: [Region], [Branch]; when an office receives visitors: [Counter]
//   - who is a member and who pays: [Member], [Company], [Payment], read from CSV, and a made-up sample to try things
//     out with; the facts a chat is given of them
//   - the word by which a second phone proves whose it is: [NewProof]
//
// Everything here is pure. Tables are embedded under tables and parsed once; their origin and licence are in
// tables/LICENSE.md. Numbers of members in tests are made up.
//
// The package is about JKN and not by BPJS Kesehatan: nothing in it speaks in that name.
package jkn

import (
	"embed"
	"io/fs"
)

//go:embed all:flows
var flows embed.FS

// Flows is the catalogue that comes with the scheme: YAML files at its root.
var Flows = subtree(flows, "flows")

func subtree(tree fs.FS, dir string) fs.FS {
	sub, err := fs.Sub(tree, dir)
	if err != nil {
		panic(err) // only for an invalid name, and the name is a constant
	}
	return sub
}
