package words

import (
	"cmp"
	"strconv"
	"strings"

	"accesspath/query"
)

// Count writes a number with thousands separators.
func Count(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Evidence names a statement so that a reader finds it (CONV-05): effect,
// policy, index from 0, Sid, layer, owner, group, position.
//
//	Allow in deploy-policy, Statement[2] "Assume" (identity, of user alice through group devs) at a.json:10:4
func Evidence(e query.Evidence) string {
	var b strings.Builder
	if e.Effect != "" {
		b.WriteString(e.Effect + " in ")
	}
	b.WriteString(cmp.Or(e.Policy, "unnamed policy"))
	b.WriteString(", Statement[" + strconv.Itoa(e.Statement) + "]")
	if e.Sid != "" {
		b.WriteString(" " + quote(e.Sid))
	}
	var where []string
	if e.Layer != "" {
		where = append(where, e.Layer)
	}
	if e.Owner != "" {
		owner := Principal(e.Owner)
		of := "of " + owner.Label
		if owner.Kind != Other && owner.Kind != owner.Label {
			of = "of " + owner.Kind + " " + owner.Label
		}
		if e.Via != "" && e.Via != e.Owner {
			of += " through group " + Principal(e.Via).Label
		}
		where = append(where, of)
	} else if e.Via != "" {
		where = append(where, "through group "+Principal(e.Via).Label)
	}
	if e.Match != "" {
		where = append(where, "matches by "+e.Match)
	}
	if len(where) > 0 {
		b.WriteString(" (" + strings.Join(where, ", ") + ")")
	}
	if e.Position != "" {
		b.WriteString(" at " + e.Position)
	}
	return b.String()
}

// Cause says one reason why not (CONV-02).
func Cause(c query.Cause) string {
	kind := "nothing allows it"
	if c.Explicit {
		kind = "explicit deny"
	}
	var b strings.Builder
	b.WriteString(cmp.Or(c.Layer, "unknown layer") + ": ")
	b.WriteString(cmp.Or(c.Text, kind))
	if c.Text != "" && c.Explicit && !strings.Contains(strings.ToLower(c.Text), "den") {
		b.WriteString(" (explicit deny)")
	}
	if c.Statement != nil {
		b.WriteString(" — " + Evidence(*c.Statement))
	}
	return b.String()
}

// quote puts s in quotation marks that it does not contain.
func quote(s string) string {
	for _, q := range []string{`"`, "'", "`"} {
		if !strings.Contains(s, q) {
			return q + s + q
		}
	}
	return `"` + s + `"`
}
