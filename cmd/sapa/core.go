package main

import (
	"fmt"
	"syscall"
)

// leaveNoCore keeps the system from writing the memory of a process that crashes to disk: what the database seals lies
// open there, and the keys with it.
func leaveNoCore() error {
	if err := syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}); err != nil {
		return fmt.Errorf("core dumps cannot be switched off: %w", err)
	}
	return nil
}
