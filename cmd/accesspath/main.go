// Command accesspath answers who can reach an action on a resource in AWS
// accounts, through chains of role assumptions, from exports of IAM and without
// calling AWS.
//
// Here packages meet and nothing is decided: a command turns flags into calls,
// prints the answer to standard output and everything else to standard error.
// It exits with 0 if it is done, 1 if it failed, 2 if it was called wrongly, and
// 3 if --fail-on asks for that and something was found.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"accesspath/render/svg/privatetmp"
)

func main() {
	privatetmp.Restore()
	os.Exit(realMain())
}

// realMain is main without os.Exit, which would skip the deferred call.
func realMain() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second interrupt ends the process at once
	return run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
}
