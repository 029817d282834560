package policy

import (
	"slices"
	"strings"
	"time"
)

// Moments lists the instants at which conditions of the document on the time of
// the request change their truth, in the order in which they stand. certain is
// false if others may exist as well: between two requests with no moment from
// the one to the other, a document with certain moments says the same.
func (d *Document) Moments() (moments []time.Time, certain bool) { return d.momentsOf(isRequestTime) }

// IssueMoments are Moments of conditions on when the session was issued, which for
// new sessions is the time of the request (STS-19).
func (d *Document) IssueMoments() (moments []time.Time, certain bool) {
	return d.momentsOf(isIssueTime)
}

// Unmoved reports whether conditions that change their truth at some moments say the
// same of requests at two times. Requests carry whole seconds (SYM-31).
func Unmoved(a, b time.Time, moments []time.Time) bool {
	from, to := a.Truncate(time.Second), b.Truncate(time.Second)
	if to.Before(from) {
		from, to = to, from
	}
	return from.Equal(to) || !slices.ContainsFunc(moments, func(t time.Time) bool { return !t.Before(from) && !t.After(to) })
}

func isRequestTime(key string) bool { return key == "aws:currenttime" || key == "aws:epochtime" }
func isIssueTime(key string) bool   { return key == "aws:tokenissuetime" }

func (d *Document) momentsOf(key func(string) bool) (moments []time.Time, certain bool) {
	certain = true
	for i := range d.Statements {
		s := &d.Statements[i]
		for t := range s.templates() {
			for k := range t.Variables() {
				certain = certain && !key(k)
			}
		}
		for k := range s.Conditions {
			if c := &s.Conditions[k]; key(c.lower) {
				list, ok := c.moments()
				moments, certain = append(moments, list...), certain && ok
			}
		}
	}
	return moments, certain
}

// moments are the values of a condition on a time.
func (c *Condition) moments() (list []time.Time, ok bool) {
	switch {
	case c.op == nil, c.op.Test == "": // no such operator, and Null
		return nil, true
	case !strings.HasPrefix(c.op.Test, "Date") && !strings.HasPrefix(c.op.Test, "Numeric"):
		return nil, false
	}
	for _, v := range c.Values {
		t, ok := parseDate(v)
		if n, number := parseNumber(v); number && strings.HasPrefix(c.op.Test, "Numeric") {
			t, ok = time.Unix(int64(n), 0).UTC(), true
		}
		if !ok {
			return nil, false // such as a variable; one that never matches costs nothing either
		}
		list = append(list, t)
	}
	return list, true
}

// Ends is when the conditions of the statement on the time of the request, or on that of
// a session that is a new one, begin to fail for good, if they hold at a time; false if
// nothing says so (SYM-31). Of several moments the first counts. Whoever has no session,
// but keys that last, meets ...IfExists tests of its time for good (COND-03).
func (s *Statement) Ends(after time.Time, session bool) (end time.Time, ok bool) {
	for i := range s.Conditions {
		c := &s.Conditions[i]
		if isIssueTime(c.lower) && c.ifExists && !session {
			continue
		}
		if !isRequestTime(c.lower) && !isIssueTime(c.lower) || c.op == nil || c.op.Negated || !strings.Contains(c.op.Test, "LessThan") {
			continue
		}
		list, certain := c.moments()
		if !certain || len(list) == 0 {
			continue
		}
		last := slices.MaxFunc(list, time.Time.Compare) // one of the values is enough
		if !last.Before(after) && (!ok || last.Before(end)) {
			end, ok = last, true
		}
	}
	return end, ok
}
