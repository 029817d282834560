package query

import (
	"reflect"
	"testing"
)

func TestSplitPosition(t *testing.T) {
	for in, want := range map[string][3]any{
		"a.json:3:4": {"a.json", 3, 4}, "C:/x.json:3:4": {"C:/x.json", 3, 4}, "a.json": {"a.json", 0, 0}, "AWS managed policy data": {"AWS managed policy data", 0, 0},
		"a:0:1": {"a:0:1", 0, 0}, "": {"", 0, 0},
	} {
		file, line, column := SplitPosition(in)
		if got := [3]any{file, line, column}; !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %v, want %v", in, got, want)
		}
	}
}
