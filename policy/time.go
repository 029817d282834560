package policy

import (
	"strings"
	"time"
)

// ParseTime reads an instant as date conditions and aws:EpochTime write it.
func ParseTime(s string) (time.Time, bool) { return parseDate(s) }

// Moments lists the instants at which conditions of the document on the time of
// the request change their truth, in the order in which they stand. certain is
// false if others may exist as well: between two requests with no moment from
// the one to the other, a document with certain moments says the same.
func (d *Document) Moments() (moments []time.Time, certain bool) {
	if !d.conditionOnTime() && !strings.Contains(d.Text, "${") { // which spares most of reading the text
		return nil, true
	}
	if !mentionsTime(d.Text) && !strings.Contains(d.Text, "İ") { // which is an i in lower case
		return nil, true
	}
	lower := strings.ToLower(d.Text)
	certain = !strings.Contains(lower, "${aws:currenttime") && !strings.Contains(lower, "${aws:epochtime")
	for i := range d.Statements {
		for k := range d.Statements[i].Conditions {
			c := &d.Statements[i].Conditions[k]
			if !c.onTime() {
				continue
			}
			list, ok := c.moments()
			moments, certain = append(moments, list...), certain && ok
		}
	}
	return moments, certain
}

// conditionOnTime reports whether some condition is on the time.
func (d *Document) conditionOnTime() bool {
	for i := range d.Statements {
		for k := range d.Statements[i].Conditions {
			if d.Statements[i].Conditions[k].onTime() {
				return true
			}
		}
	}
	return false
}

func (c *Condition) onTime() bool { return c.lower == "aws:currenttime" || c.lower == "aws:epochtime" }

// mentionsTime reports whether a text has the name of a key of the time in it,
// whatever its case: few texts do, and an organization has fifty megabytes of them.
func mentionsTime(text string) bool {
	for i := 3; i < len(text); {
		switch text[i] | 0x20 {
		case 'e': // the end of "time", perhaps
			if strings.EqualFold(text[i-3:i+1], "time") && (foldedBefore(text, i-3, "current") || foldedBefore(text, i-3, "epoch")) {
				return true
			}
			i++
		case 'm':
			i++
		case 'i':
			i += 2
		case 't':
			i += 3
		default:
			i += 4
		}
	}
	return false
}

// foldedBefore reports whether a word ends before some byte of a text, whatever
// its case.
func foldedBefore(text string, end int, word string) bool {
	return end >= len(word) && strings.EqualFold(text[end-len(word):end], word)
}

// moments are the values of a condition on the time.
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
