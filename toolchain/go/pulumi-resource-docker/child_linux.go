package main

import (
	"os/exec"
	"os/signal"
	"syscall"
)

// endWithParent makes the kernel interrupt the child when this process dies, even by SIGKILL: on SIGINT the bridge
// also ends the Terraform provider that it started.
func endWithParent(command *exec.Cmd) {
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGINT}
}

// endGroup ends what is left of our process group: a Terraform provider whose bridge was killed. The engine makes
// each plugin the leader of its group; started by hand we may share a shell's, which is left alone.
func endGroup() {
	if group := syscall.Getpgrp(); group == syscall.Getpid() {
		signal.Ignore(syscall.SIGTERM)
		_ = syscall.Kill(-group, syscall.SIGTERM)
	}
}
