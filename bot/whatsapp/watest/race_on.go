//go:build race

package watest

const raceDetector = true
