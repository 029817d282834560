package evaluate

import (
	"encoding/base64"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"accesspath/policy"
)

func conditionReadings() []reading {
	return []reading{
		{rule: "VAR-02", page: pageVariables, peer: "knows ${*}, ${?} and ${$} in patterns only", rewrite: plainEscapes},
		{rule: "VAR-03", page: pageVariables, peer: "a variable without value fails a negated operator", rewrite: noValueFails},
		{rule: "VAR-01", page: pageVariables, peer: "takes the default for a variable whose value is empty", rewrite: defaultForEmpty},
		{rule: "COND-05, U-21", page: pageSets, peer: "an empty text is a value for set operators and Null", rewrite: emptyIsValue},
		{rule: "COND-04", page: pageOperators, peer: "an empty list is there for Null", rewrite: emptyListIsThere},
		{rule: "COND-11", page: pageOperators, peer: "reads epoch seconds as milliseconds", rewrite: epochMilliseconds},
		{rule: "COND-13, no length", page: pageOperators, peer: "no address is in a range of prefix length 0", rewrite: noZeroPrefix},
		{rule: "COND-13, family", page: pageOperators, peer: "an address of the other family fails NotIpAddress", rewrite: otherFamily},
		{rule: "COND-13, text", page: pageOperators, peer: "compares single IPv6 addresses as text", rewrite: addressText},
		{rule: "COND-13, policy", page: pageOperators, peer: "a policy value of the wrong type fails a negated operator", rewrite: badPolicyValue},
		{rule: "COND-13, request", page: pageOperators, peer: "a request value of the wrong type fails a negated operator", rewrite: badRequestValue},
		{rule: "COND-15", page: pageOperators, peer: "compares text that is not base64", rewrite: binaryText},
		{rule: "COND-16, U-16", page: pageSets, peer: "a list fails every operator without set operator", rewrite: listFails},
		{rule: "COND-18, U-17", page: pageSets, peer: "ForAnyValue:…IfExists fails without the key", rewrite: anyValueFails},
		{rule: "COND-19", page: pageOperators, peer: "an unknown operator fails, with IfExists only if the key is there; NullIfExists is Null", rewrite: unknownOperator},
		{rule: "GRAM-13, U-11", page: pageGrammar, peer: "negated operators hold on an empty list of values", rewrite: emptyValues},
	}
}

// plainEscapes writes ${*} so that it stays as it is.
func plainEscapes(r object) bool {
	return everyTest(r, func(t *test) {
		if !strings.HasPrefix(t.base, "string") || strings.Contains(t.base, "like") {
			return
		}
		for i, v := range t.values {
			w := strings.NewReplacer("${*}", "${$}{*}", "${?}", "${$}{?}", "${$}", "${$}{$}").Replace(v)
			t.newValues = t.newValues || w != v
			t.values = slices.Clone(t.values)
			t.values[i] = w
		}
	})
}

func noValueFails(r object) bool {
	ctx, _ := r["context"].(object)
	return everyTest(r, func(t *test) {
		t.never = t.negated && t.some() && slices.ContainsFunc(t.values, func(v string) bool { return missingVariable(v, ctx) })
	})
}

// defaultForEmpty writes the default of the one variable that is generated with
// one and may be empty.
func defaultForEmpty(r object) bool {
	if ctx, _ := r["context"].(object); ctx["aws:PrincipalTag/team"] != "" {
		return false
	}
	return everyStatement(r, func(s object) bool {
		edit := func(p string) (string, bool) {
			return strings.ReplaceAll(p, "${aws:PrincipalTag/team, 'alice'}", "alice"), true
		}
		a := replace(s, "Resource", nowhere, edit)
		return replace(s, "NotResource", nowhere, edit) || a
	})
}

// emptyIsValue replaces empty texts by one that matches nothing but itself.
func emptyIsValue(r object) bool {
	const empty = "(empty)"
	return everyTest(r, func(t *test) {
		if !slices.Contains(t.request, "") || t.set == "" && t.base != "null" {
			return
		}
		fill := func(list []string) []string {
			list = slices.Clone(list)
			for i := range list {
				if list[i] == "" {
					list[i] = empty
				}
			}
			return list
		}
		t.newRequest, t.values = fill(t.request), fill(t.values)
	})
}

func emptyListIsThere(r object) bool {
	return everyTest(r, func(t *test) {
		if t.base == "null" && t.list && len(t.request) == 0 {
			t.newRequest = []string{"there"}
		}
	})
}

func epochMilliseconds(r object) bool {
	milliseconds := func(s string) string {
		if n, err := strconv.ParseInt(s, 10, 64); err == nil {
			return time.UnixMilli(n).UTC().Format(time.RFC3339Nano)
		}
		return s
	}
	all := func(list []string) ([]string, bool) {
		list, changed := slices.Clone(list), false
		for i, v := range list {
			list[i] = milliseconds(v)
			changed = changed || list[i] != v
		}
		return list, changed
	}
	return everyTest(r, func(t *test) {
		if !strings.HasPrefix(t.base, "date") || !t.some() {
			return
		}
		values, changed := all(t.values)
		request, changed2 := all(t.request)
		if changed || changed2 {
			t.values, t.newRequest = values, request
		}
	})
}

func isIPTest(t *test) bool { return t.base == "ipaddress" || t.base == "notipaddress" }

func noZeroPrefix(r object) bool {
	return everyTest(r, func(t *test) {
		if isIPTest(t) {
			t.drop(func(v string) bool { return strings.HasSuffix(v, "/0") })
		}
	})
}

func otherFamily(r object) bool {
	return everyTest(r, func(t *test) {
		if t.base != "notipaddress" || !t.some() {
			return
		}
		asked, err := netip.ParseAddr(t.request[0])
		t.never = err == nil && slices.ContainsFunc(t.values, func(v string) bool {
			a, err := netip.ParseAddr(v)
			return err == nil && a.Is4() != asked.Is4()
		})
	})
}

func addressText(r object) bool {
	return everyTest(r, func(t *test) {
		if isIPTest(t) {
			t.drop(func(v string) bool {
				a, err := netip.ParseAddr(v)
				return err == nil && a.String() != v
			})
		}
	})
}

// typed tells whether a value is of an operator's type.
func typed(base, v string) bool {
	switch {
	case strings.HasPrefix(base, "numeric"):
		_, err := strconv.ParseFloat(v, 64)
		return err == nil
	case strings.HasPrefix(base, "date"):
		_, err := strconv.ParseInt(v, 10, 64)
		_, err2 := time.Parse(time.RFC3339, v)
		_, err3 := time.Parse(time.DateOnly, v)
		return err == nil || err2 == nil || err3 == nil
	case strings.Contains(base, "ipaddress"):
		_, err := netip.ParseAddr(v)
		_, err2 := netip.ParsePrefix(v)
		return err == nil || err2 == nil
	case strings.HasPrefix(base, "arn"):
		_, ok := policy.ParseARN(v)
		return ok
	}
	return true
}

func badPolicyValue(r object) bool {
	return everyTest(r, func(t *test) {
		t.never = t.negated && t.some() && slices.ContainsFunc(t.values, func(v string) bool { return !typed(t.base, v) })
	})
}

// badRequestValue: of a set, such a value fails ForAllValues, and ForAnyValue
// has to find another.
func badRequestValue(r object) bool {
	return everyTest(r, func(t *test) {
		if !t.negated || !slices.ContainsFunc(t.request, func(v string) bool { return !typed(t.base, v) }) {
			return
		}
		good := slices.DeleteFunc(slices.Clone(t.request), func(v string) bool { return !typed(t.base, v) })
		if t.never = t.set != "foranyvalue" || len(good) == 0; !t.never {
			t.newRequest = good
		}
	})
}

// binaryText encodes what cannot be decoded.
func binaryText(r object) bool {
	fix := func(list []string) []string {
		list = slices.Clone(list)
		for i, v := range list {
			if _, err := base64.StdEncoding.DecodeString(v); err != nil {
				list[i] = base64.StdEncoding.EncodeToString([]byte(v))
			}
		}
		return list
	}
	return everyTest(r, func(t *test) {
		if values, request := fix(t.values), fix(t.request); t.base == "binaryequals" && t.some() && !(slices.Equal(values, t.values) && slices.Equal(request, t.request)) {
			t.values, t.newRequest = values, request
		}
	})
}

func listFails(r object) bool {
	return everyTest(r, func(t *test) { t.never = t.list && t.set == "" && t.base != "null" })
}

func anyValueFails(r object) bool {
	return everyTest(r, func(t *test) { t.never = t.set == "foranyvalue" && t.ifExists && !t.some() })
}

func unknownOperator(r object) bool {
	return everyTest(r, func(t *test) {
		switch {
		case t.base == "null" && t.ifExists:
			t.always = slices.ContainsFunc(t.values, func(v string) bool { return strings.EqualFold(v, strconv.FormatBool(!t.present)) })
		case t.base == "stringmatches" || t.base == "sounds":
			t.always = t.ifExists && !t.present
		default:
			return
		}
		t.never = !t.always
	})
}

func emptyValues(r object) bool {
	return everyTest(r, func(t *test) { t.always = len(t.values) == 0 && t.negated && t.some() })
}
