package worktime

import (
	"fmt"
	"time"
)

// The zones of Indonesia, by Keppres 41/1987. They have no summer time, so they are fixed and no time zone table is
// needed on the machine.
var (
	wib  = time.FixedZone("WIB", 7*60*60)
	wita = time.FixedZone("WITA", 8*60*60)
	wit  = time.FixedZone("WIT", 9*60*60)
)

// Zone gives one of the three zones of Indonesia by its name: WIB (western, UTC+7), WITA (central, UTC+8) or WIT
// (eastern, UTC+9). Any other name is an error. Source: Keppres 41/1987.
func Zone(name string) (*time.Location, error) {
	switch name {
	case "WIB":
		return wib, nil
	case "WITA":
		return wita, nil
	case "WIT":
		return wit, nil
	}
	return nil, fmt.Errorf("zone %q is not one of WIB, WITA, WIT", name)
}
