package heap

import (
	"math"
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

// usedUp waits until the settings are those of a process without room, in which as
// much is in use as it takes.
func usedUp(t *testing.T) {
	t.Helper()
	settings.Lock()
	var used []byte
	if settings.room != nil {
		used = make([]byte, *settings.room/2+1)
	}
	settings.Unlock()
	for range 1000 {
		runtime.GC()
		settings.Lock()
		over := settings.room == nil
		settings.Unlock()
		if over {
			runtime.KeepAlive(used)
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatal("the room outlasts collections that find more than half of it in use")
}

// now returns the settings of the runtime, which cannot be read otherwise.
func now() (percent int, limit int64) {
	percent = debug.SetGCPercent(-1)
	debug.SetGCPercent(percent)
	return percent, debug.SetMemoryLimit(-1)
}

// plainly is a process whose user decides nothing.
func plainly(t *testing.T) {
	t.Setenv("GOGC", "")
	t.Setenv("GOMEMLIMIT", "")
	usedUp(t)
	before, limit := now()
	debug.SetGCPercent(usual)
	debug.SetMemoryLimit(math.MaxInt64)
	t.Cleanup(func() {
		Most(math.MaxInt64)
		usedUp(t)
		debug.SetGCPercent(before)
		debug.SetMemoryLimit(limit)
	})
}

func TestRoom(t *testing.T) {
	plainly(t)
	Room(1 << 24)
	Room(1 << 20) // less than there is
	if percent, limit := now(); percent != -1 || limit != 1<<24 {
		t.Errorf("with room: %d percent, limit %d; want none before %d", percent, limit, 1<<24)
	}
	usedUp(t)
	if percent, limit := now(); percent != usual || limit != math.MaxInt64 {
		t.Errorf("after a collection: %d percent, limit %d; want the usual ones", percent, limit)
	}
}

func TestRoomStays(t *testing.T) {
	plainly(t)
	Room(1 << 28)
	for range 5 {
		runtime.GC()
		time.Sleep(5 * time.Millisecond)
	}
	if percent, limit := now(); percent != -1 || limit != 1<<28 {
		t.Errorf("%d percent, limit %d, want room as long as little is in use", percent, limit)
	}
	Room(1 << 29) // the test need not fill it
	usedUp(t)
}

func TestPercentOutlastsRoom(t *testing.T) {
	plainly(t)
	Room(1 << 24)
	restore := Percent(50)
	if percent, _ := now(); percent != -1 {
		t.Errorf("with room: %d percent, want the room to count", percent)
	}
	usedUp(t)
	if percent, _ := now(); percent != 50 {
		t.Errorf("after a collection: %d percent, want 50", percent)
	}
	restore()
	if percent, _ := now(); percent != usual {
		t.Errorf("restored: %d percent, want %d", percent, usual)
	}
}

func TestMoreRoom(t *testing.T) {
	plainly(t)
	Room(1 << 23)
	Room(1 << 24)
	if _, limit := now(); limit != 1<<24 {
		t.Errorf("limit %d, want that of the larger room", limit)
	}
	usedUp(t)
}

func TestMost(t *testing.T) {
	plainly(t)
	Room(1 << 26)
	Most(1 << 25)
	if percent, limit := now(); percent != -1 || limit != 1<<25 {
		t.Errorf("%d percent, limit %d; want room for no more than there is", percent, limit)
	}
	Room(1 << 27)
	if _, limit := now(); limit != 1<<25 {
		t.Errorf("limit %d, want no room beyond %d", limit, 1<<25)
	}
	usedUp(t)
	if percent, limit := now(); percent != usual || limit != 1<<25 {
		t.Errorf("after a collection: %d percent, limit %d; want the usual percent and the limit to stay", percent, limit)
	}
	Most(1 << 30)
	if percent, limit := now(); percent != usual || limit != 1<<30 {
		t.Errorf("%d percent, limit %d; want the limit to be what there is", percent, limit)
	}
}

func TestUserDecides(t *testing.T) {
	plainly(t)
	for _, name := range []string{"GOGC", "GOMEMLIMIT"} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(name, "off")
			Room(1 << 24)
			Most(1 << 24)
			defer Percent(50)()
			if percent, limit := now(); percent != usual || limit != math.MaxInt64 {
				t.Errorf("%d percent, limit %d; want what the environment says", percent, limit)
			}
		})
	}
}
