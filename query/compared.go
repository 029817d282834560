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

// readVariables: a tag, or a source identity, that a variable reads may have any value.
func (d *domains) readVariables(id graph.NodeID, values []string) {
	for _, v := range values {
		for key := range policy.ParseTemplate(v, true).Variables() {
			if tag, ok := strings.CutPrefix(key, "aws:principaltag/"); ok {
				d.addTag(tag, anyValue)
				d.reads(id, tag)
			}
			if key == "aws:sourceidentity" {
				d.carried, d.picked = true, true
			}
		}
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
		t := policy.ParseTemplate(v, true)
		value := d.fill(n, t)
		switch {
		case isTag:
			d.addTag(tag, value)
			d.reads(id, tag)
			if variable, ok := t.Whole(); ok && strings.HasPrefix(variable, "aws:principaltag/") {
				d.same[[2]string{tag, strings.TrimPrefix(variable, "aws:principaltag/")}] = true
			}
		case isPassed:
			d.passed[passed] = addValues(d.passed[passed], value)
		default:
			d.carried = d.carried || key == "aws:sourceidentity"
			d.sources = addValues(d.sources, nonEmpty([]string{value, otherValue})...)
		}
	}
}

// fill puts values for the variables in a text: the tags that a role has, and for what
// its session chooses something that is passed as well.
func (d *domains) fill(n *graph.Node, t policy.Template) string {
	return t.Sample(func(key string) string {
		if tag, ok := strings.CutPrefix(key, "aws:principaltag/"); ok {
			if value, ok := roleTag(n, tag); ok {
				return value
			}
			d.addTag(tag, sample)
		}
		if key == "aws:sourceidentity" {
			d.carried = true
			d.sources = addValues(d.sources, sample, otherValue)
		}
		return sample
	})
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
	return slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == anyValue || v == anySource || v == otherValue })
}
