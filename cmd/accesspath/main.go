// Command accesspath answers who can reach an action on a resource in AWS
// accounts, through chains of role assumptions, from exports of IAM and without
// calling AWS.
//
// Here packages meet and nothing is decided: a command turns flags into calls,
// prints the answer to standard output and everything else to standard error.
// It exits with 0 if it is done, 1 if it failed, 2 if it was called wrongly, and
// 3 if --fail-on asks for that and something was found.
//
// # Where to find what
//
// Each command has a file of its name, with its flags, its help and what it calls
// (blast-radius and exposure are in spread.go); run.go has the root, errors and exit
// codes, complete.go what shells complete. Questions share ask.go: its session is a
// snapshot that was read (input.go, stdin.go) or the compiled form of one
// (compiled.go), ready to be asked, with what flags say in context.go, form.go and
// whatif.go. output.go decides where an answer goes and in which format, outputs.go
// lists what is printed as JSON, diagnose.go says what is wrong with the input, and
// room.go how much memory to keep. batch.go and can_batch.go answer line by line.
// Commands about snapshots share place.go, which finds them, snapshot_info.go and
// history_lines.go, which describe them; diff_side.go is one side of a difference,
// refresh.go what need not be read again. baseline.go and vendors.go read files of
// their own.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"accesspath/internal/heap"
	"accesspath/render/svg/privatetmp"

	"github.com/KimMachineGun/automemlimit/memlimit"
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
	heap.Most(usable(memlimit.FromCgroup, memlimit.FromSystem))
	return run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
}
