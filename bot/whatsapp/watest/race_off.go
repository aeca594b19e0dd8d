//go:build !race

package watest

const raceDetector = false
