package ingest

import (
	"cmp"
	"encoding/json"
	"reflect"
	"slices"

	"accesspath/policy"
)

// sameDocument reports whether two documents say the same: tools that write a
// policy out again change the order of members and of values, and write one
// value with or without brackets (GRAM-02).
func sameDocument(a, b *policy.Document) bool {
	if a.Digest == b.Digest {
		return true
	}
	x, errX := plainJSON(a.Text)
	y, errY := plainJSON(b.Text)
	return errX == nil && errY == nil && reflect.DeepEqual(x, y)
}

func plainJSON(text string) (any, error) {
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return nil, err
	}
	return plainValue(v), nil
}

// plainValue drops what does not matter: brackets around one value, the order of
// texts in a list. The order of statements stays, which costs only a message.
func plainValue(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, m := range v {
			v[name] = plainValue(m)
		}
	case []any:
		texts := true
		for i := range v {
			v[i] = plainValue(v[i])
			_, isText := v[i].(string)
			texts = texts && isText
		}
		if len(v) == 1 {
			return v[0]
		}
		if texts {
			slices.SortFunc(v, func(x, y any) int {
				a, _ := x.(string)
				b, _ := y.(string)
				return cmp.Compare(a, b)
			})
		}
	}
	return v
}
