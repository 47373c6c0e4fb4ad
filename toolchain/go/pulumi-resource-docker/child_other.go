//go:build !linux

package main

import "os/exec"

// endWithParent does nothing where the kernel has no parent-death signal: the engine ends the whole process group.
func endWithParent(*exec.Cmd) {}

// endGroup does nothing here, for the same reason.
func endGroup() {}
