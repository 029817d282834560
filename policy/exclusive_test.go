package policy

import "testing"

// TestExclusiveTests: tests on different keys that one parameter sets (TRUST-29).
func TestExclusiveTests(t *testing.T) {
	passed := func(key, value string) Requirement {
		return AtomRequirement(Atom{Key: "aws:RequestTag/" + key, Operator: "StringEquals", Values: []string{value}})
	}
	onlyKeys := func(keys ...string) Requirement {
		return AtomRequirement(Atom{Key: "aws:TagKeys", Operator: "StringEquals", Some: true, Negated: true, Outside: true, Values: keys})
	}
	likeKeys := func(patterns ...string) Requirement {
		return AtomRequirement(Atom{Key: "aws:TagKeys", Operator: "StringLike", Some: true, Negated: true, Outside: true, Values: patterns})
	}
	notKeys := func(keys ...string) Requirement {
		return AtomRequirement(Atom{Key: "aws:TagKeys", Operator: "StringEquals", Some: true, Negated: true, Values: keys})
	}
	noTags := AtomRequirement(Atom{Key: "aws:TagKeys", Operator: "Null"})
	object := AtomRequirement(Atom{Key: "s3:RequestObjectTag/team", Operator: "StringEquals", Values: []string{"a"}})
	onlyObjectKeys := func(keys ...string) Requirement {
		return AtomRequirement(Atom{Key: "s3:RequestObjectTagKeys", Operator: "StringEquals", Some: true, Negated: true, Outside: true, Values: keys})
	}
	transitive := AtomRequirement(Atom{Key: "sts:TransitiveTagKeys", Operator: "StringEquals", Some: true, Values: []string{"team"}})
	for _, c := range []struct {
		name string
		req  Requirement
		want bool
	}{
		{"TRUST-29 tag key not among the keys", And(passed("team", "a"), onlyKeys("env")), false},
		{"TRUST-29 tag key among the keys", And(passed("team", "a"), onlyKeys("env", "team")), true},
		{"TRUST-29 tag keys ignore case", And(passed("team", "a"), onlyKeys("Team")), true},
		{"TRUST-29 a tag and no tags", And(passed("team", "a"), noTags), false},
		{"TRUST-29 transitive key not among the keys", And(transitive, onlyKeys("env")), false},
		{"TRUST-29 transitive key among the keys", And(transitive, onlyKeys("team")), true},
		{"TRUST-29 a pattern in another case", And(passed("team", "a"), likeKeys("Te*")), true},
		{"TRUST-29 a pattern of other keys", And(passed("team", "a"), likeKeys("En*")), false},
		{"TRUST-29 another spelling than the one refused", And(passed("team", "a"), notKeys("team")), true},
		{"TRUST-29 keys of different hops", And(passed("team", "a").At(1), onlyKeys("env").At(2)), true},
		{"CKEY-25 a tag of an object not among its keys", And(object, onlyObjectKeys("env")), false},
		{"CKEY-25 a tag of an object among its keys", And(object, onlyObjectKeys("env", "team")), true},
		{"CKEY-25 a tag of an object and other keys", And(object, onlyKeys("env")), true},
		{"TRUST-29 no tag at all", And(passed("team", "a").Not(), onlyKeys("env")), true},
	} {
		if got := c.req.Satisfiable(); got != c.want {
			t.Errorf("%s: satisfiable %t, want %t", c.name, got, c.want)
		}
	}
}
