package policy

import (
	"slices"
	"strings"
)

// Tests on different keys of one request can exclude each other, because one
// parameter of the call sets both keys.

// exclusiveTags: a tag that is passed has its key among aws:TagKeys, and a
// transitive one too (TRUST-29, CKEY-25); that of an object among
// s3:RequestObjectTagKeys.
func exclusiveTags(t Term) bool {
	return slices.ContainsFunc(t, func(b *Atom) bool {
		key := strings.ToLower(b.Key)
		return (key == "aws:tagkeys" || key == "s3:requestobjecttagkeys") && !b.Opaque && slices.ContainsFunc(t, func(a *Atom) bool {
			return a.Hop == b.Hop && !a.Opaque && !slices.ContainsFunc(a.tagsPassed(key), b.admitsTag) && len(a.tagsPassed(key)) > 0
		})
	})
}

// tagsPassed are the tag keys of which the atom needs one to be passed, of those that a
// set of keys is of; nil if it needs none, or any.
func (a *Atom) tagsPassed(of string) []string {
	key := strings.ToLower(a.Key)
	family := "aws:requesttag/"
	if of == "s3:requestobjecttagkeys" {
		family = "s3:requestobjecttag/"
	}
	if tag, ok := strings.CutPrefix(key, family); ok && a.needsPresence() {
		return []string{tag}
	}
	if of == "aws:tagkeys" && key == "sts:transitivetagkeys" && a.Operator == "StringEquals" && a.Some && !a.Negated && !a.Outside {
		return a.Values
	}
	return nil
}

// admitsTag reports whether a test on aws:TagKeys can hold for a set that has
// the key, in some spelling.
func (a *Atom) admitsTag(tag string) bool {
	if a.Operator == "Null" {
		return a.Negated // "absent" excludes every tag
	}
	if !a.Some || !a.Negated {
		return true
	}
	one := *a
	one.Negated = false // "some value is refused"
	admits := func(spelling string) bool { return !one.given(Is(spelling)).IsTrue() }
	if slices.ContainsFunc(append([]string{tag, strings.ToUpper(tag)}, a.Values...), func(s string) bool { return strings.EqualFold(s, tag) && admits(s) }) {
		return true
	}
	if !a.Outside || a.Operator != "StringLike" {
		return false
	}
	for i, v := range a.Values { // a pattern decides how the key has to be spelt
		one.Values = slices.Clone(a.Values)
		one.Values[i] = strings.ToLower(v)
		if admits(tag) {
			return true
		}
	}
	return false
}
