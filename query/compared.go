package query

import (
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
)

// Tests compare what sessions carry with each other, through policy variables: whoever
// passes both, or one that has to be like the other, chooses them together (SYM-21).

// sample is what is passed where only that two values are the same matters.
const sample = "x"

// variables yields the keys, in lower case, of the variables in a text, each with where
// it begins and ends.
func variables(text string, yield func(key string, from, to int)) {
	for at := 0; ; {
		i := strings.Index(text[at:], "${")
		if i < 0 {
			return
		}
		from := at + i
		k := strings.IndexByte(text[from:], '}')
		if k < 0 {
			return
		}
		key, _, _ := strings.Cut(text[from+len("${"):from+k], ",")
		at = from + k + 1
		yield(strings.ToLower(strings.TrimSpace(key)), from, at)
	}
}

// readVariables: a tag that a variable reads may have any value.
func (d *domains) readVariables(id graph.NodeID, values []string) {
	for _, v := range values {
		variables(v, func(key string, _, _ int) {
			if tag, ok := strings.CutPrefix(key, "aws:principaltag/"); ok {
				d.addTag(tag, anyValue)
				d.reads(id, tag)
			}
		})
	}
}

// readCompared collects from a test that compares what a session carries, or a call
// passes, with variables.
func (d *domains) readCompared(n *graph.Node, id graph.NodeID, key string, a *policy.Atom) {
	tag, isTag := strings.CutPrefix(key, "aws:principaltag/")
	passed, isPassed := strings.CutPrefix(key, "aws:requesttag/")
	isSource := key == "aws:sourceidentity" || key == "sts:sourceidentity"
	if !isTag && !isPassed && !isSource {
		return
	}
	for _, v := range a.Values {
		value := d.fill(n, v)
		switch {
		case isTag:
			d.addTag(tag, value)
			d.reads(id, tag)
			if other, ok := wholeTag(v); ok {
				d.same[[2]string{tag, other}] = true
			}
		case isPassed:
			d.passed[passed] = addValues(d.passed[passed], value)
		default:
			d.carried = d.carried || key == "aws:sourceidentity"
			d.sources = addValues(d.sources, value, otherValue)
		}
	}
}

// wholeTag is the tag that a text stands for, if it is a variable of one and nothing
// else.
func wholeTag(text string) (tag string, ok bool) {
	variables(text, func(key string, from, to int) {
		if from == 0 && to == len(text) {
			tag, ok = strings.CutPrefix(key, "aws:principaltag/")
		}
	})
	return tag, ok
}

// fill puts values for the variables in a text: the tags that a role has, and for what
// its session chooses something that is passed as well.
func (d *domains) fill(n *graph.Node, text string) string {
	var b strings.Builder
	done := 0
	variables(text, func(key string, from, to int) {
		b.WriteString(text[done:from])
		done = to
		if tag, ok := strings.CutPrefix(key, "aws:principaltag/"); ok {
			value, has := roleTag(n, tag)
			if !has {
				value = sample
				d.addTag(tag, sample)
			}
			b.WriteString(value)
			return
		}
		if key == "aws:sourceidentity" {
			d.carried = true
			d.sources = addValues(d.sources, sample, otherValue)
		}
		b.WriteString(sample)
	})
	b.WriteString(text[done:])
	return strings.NewReplacer("*", "", "?", sample).Replace(b.String())
}

func roleTag(n *graph.Node, key string) (value string, ok bool) {
	if n.Role == nil {
		return "", false
	}
	i := slices.IndexFunc(n.Role.Tags, func(t iam.Tag) bool { return strings.EqualFold(t.Key, key) })
	if i < 0 {
		return "", false
	}
	return n.Role.Tags[i].Value, true
}

// concrete are the values of a list that stand for themselves.
func concrete(values []string) []string {
	return slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == anyValue || v == otherValue })
}
