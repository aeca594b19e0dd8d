// Package worktime counts in office hours: is the desk open, when does it open next, when is something promised "within
// 7 working hours" due. It is pure: the moment is always passed in, and nothing is read from the machine, not even its
// time zone table.
//
//	wita, err := worktime.Zone("WITA")
//	cal, err := worktime.New(worktime.DefaultHours(), worktime.DefaultHolidays(), wita)
//	due := cal.Add(now, 7*time.Hour) // asked on Friday at 14:00: Monday at 14:00
//
// # What is open
//
// A day is a working day when its weekday is among the hours' weekdays and it is no holiday; both national holidays
// (libur nasional) and joint leave (cuti bersama) are holidays. On a working day the desk is open from its opening
// time, that instant included, to its closing time, that instant excluded. A special period (Ramadan) gives the working
// days in it other hours; it makes no other day a working day. All of it is local time in the calendar's zone.
//
// # Boundaries
//
// Opening and closing follow one rule each, and every method keeps them:
//   - [Calendar.Open] is true at the opening instant and false at the closing instant.
//   - A deadline may fall on a closing instant: 7 hours from 08:00 are up at 15:00 the same day, not at 08:00 on the
//     next. Only time that is left over moves on to the next working day.
//   - Time that begins while the desk is closed begins at the next opening.
//
// # Bounds
//
// Every search stops after 20 years of days, holidays not counted, so no argument, however wrong, can keep it running.
// A calendar that is never open cannot be made: [New] refuses it.
package worktime
