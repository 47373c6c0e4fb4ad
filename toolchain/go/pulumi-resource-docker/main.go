// Command pulumi-resource-docker serves the resources of the official @pulumi/docker SDK where the official plugin
// cannot be downloaded. It starts Pulumi's own plugin for any Terraform provider, gives it the Terraform provider
// for Docker, and translates the few names that the two spell differently.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// officialVersion is the version of the @pulumi/docker SDK whose names this plugin serves.
const officialVersion = "5.2.0"

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "pulumi-resource-docker: %v\n", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 1 && (args[0] == "--version" || args[0] == "-version") {
		fmt.Println(officialVersion)
		return nil
	}
	binaries, err := locate()
	if err != nil {
		return err
	}

	// The engine ends a plugin with SIGINT to its whole process group.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() {
		waitForParent(os.Stdin)
		stop()
	}()

	return serve(ctx, binaries, args)
}

// waitForParent returns when the engine, which holds the other end of our standard input, is gone. Anything but a
// pipe says nothing about the engine, so then it never returns.
func waitForParent(stdin *os.File) {
	info, err := stdin.Stat()
	if err != nil || info.Mode()&os.ModeNamedPipe == 0 {
		select {}
	}
	_, _ = io.Copy(io.Discard, stdin)
}
