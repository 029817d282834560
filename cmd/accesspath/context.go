package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"accesspath/internal/termsafe"
	"accesspath/policy"
	"accesspath/policy/catalog"
)

// absentWord marks a condition key as known to be absent.
const absentWord = "absent"

// parseContext reads key=value flags. Several values of a key that holds a set
// are joined with commas.
func parseContext(flags []string) (map[string]string, error) {
	if len(flags) == 0 {
		return nil, nil
	}
	out := map[string]string{}
	for _, flag := range flags {
		key, value, ok := strings.Cut(flag, "=")
		if !ok || !strings.Contains(key, ":") {
			return nil, usagef("--context %q is not of the form key=value\nhint: such as aws:SourceIp=203.0.113.7, or aws:SourceVpce=absent", flag)
		}
		if err := checkValue(key, value); err != nil {
			return nil, usagef("--context %q: %v", flag, err)
		}
		if before, twice := out[key]; twice {
			if !policy.KeyInfoOf(key).Multivalued {
				return nil, usagef("--context gives %s twice, and a request has one value of it", key)
			}
			value = before + "," + value
		}
		out[key] = value
	}
	return out, nil
}

// overridden turns known condition keys into a context; nil if there are none.
func overridden(values map[string]string) policy.Context {
	if len(values) == 0 {
		return nil
	}
	return knownKeys(values)
}

func knownKeys(values map[string]string) policy.MapContext {
	m := policy.MapContext{}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		value := values[key]
		switch {
		case value == absentWord:
			m[strings.ToLower(key)] = policy.NotThere()
		case policy.KeyInfoOf(key).Multivalued:
			m[strings.ToLower(key)] = policy.Is(strings.Split(value, ",")...)
		default:
			m[strings.ToLower(key)] = policy.Is(value)
		}
	}
	return m
}

// checkValue refuses a value that no request can carry for the key: positive
// tests of it would be false and negated ones true (COND-13), and an answer
// that hangs on a slip of the pen looks like any other.
func checkValue(key, value string) error {
	kind, ok := catalog.ConditionKeyType(key)
	if !ok || value == absentWord || policy.ValueOfType(strings.TrimPrefix(kind, "ArrayOf"), value) {
		return nil
	}
	return fmt.Errorf("the key is %s\nhint: write %s, or %s", typeNames[kind], typeExamples[kind], absentWord)
}

var typeNames = map[string]string{
	"Bool": "true or false", "Numeric": "a number", "Date": "a time", "IPAddress": "an IP address",
}

var typeExamples = map[string]string{
	"Bool": "true or false", "Numeric": "3600", "Date": "2026-01-31T12:00:00Z", "IPAddress": "203.0.113.7",
}

// noteOddKeys says on standard error which of the keys nobody knows: a slip in
// the name changes nothing in the answer. They are no error, for AWS adds keys
// (CKEY-61).
func (e *env) noteOddKeys(known map[string]string) {
	if e.quiet {
		return
	}
	for _, key := range slices.Sorted(maps.Keys(known)) {
		if policy.KeyInfoOf(key).InTable || !catalog.OddKey(key) {
			continue
		}
		hint := ""
		if near := catalog.SuggestKeys(key); len(near) > 0 {
			hint = "; did you mean " + strings.Join(near, " or ") + "?"
		}
		fmt.Fprintf(e.stderr, "note: --context: no condition key %s is known%s\n", termsafe.Text(key), hint)
	}
}
