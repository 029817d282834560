package main

import (
	"errors"
	"math"
	"testing"

	"github.com/KimMachineGun/automemlimit/memlimit"
)

func TestUsable(t *testing.T) {
	unknown := func() (uint64, error) { return 0, errors.New("not known here") }
	none := func() (uint64, error) { return 0, memlimit.ErrNoLimit }
	for _, c := range []struct {
		name   string
		limits []memlimit.Provider
		want   int64
	}{
		{"of a container", []memlimit.Provider{memlimit.Limit(1 << 30), memlimit.Limit(1 << 34)}, 1 << 30 / 5 * 4},
		{"of the machine", []memlimit.Provider{none, memlimit.Limit(1 << 34)}, 1 << 34 / 5 * 4},
		{"of a container that claims more than there is", []memlimit.Provider{memlimit.Limit(1 << 40), memlimit.Limit(1 << 34)}, 1 << 34 / 5 * 4},
		{"not known", []memlimit.Provider{none, unknown}, math.MaxInt64 / 5 * 4},
	} {
		if got := usable(c.limits...); got != c.want {
			t.Errorf("%s: %d bytes, want %d", c.name, got, c.want)
		}
	}
}
