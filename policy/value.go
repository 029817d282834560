package policy

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"math"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// testValue applies a positive test to one request value and a list of policy
// values, any of which may match (COND-01). Values that are not of the
// operator's type match nothing (COND-13).
func testValue(test, value string, against []string) bool {
	for _, a := range against {
		if testOne(test, value, a) {
			return true
		}
	}
	return false
}

func testOne(test, value, against string) bool {
	switch test {
	case "StringEquals":
		return value == against
	case "StringEqualsIgnoreCase":
		return strings.EqualFold(value, against)
	case "StringLike":
		return CompilePattern(against).Match(value)
	case "ArnLike":
		return arnLike(value, against)
	case "Bool":
		return isBool(value) && strings.EqualFold(value, against)
	case "IpAddress":
		return ipContains(against, value)
	case "BinaryEquals":
		return binaryEquals(value, against)
	}
	if order, ok := strings.CutPrefix(test, "Numeric"); ok {
		return numericTest(order, value, against)
	}
	if order, ok := strings.CutPrefix(test, "Date"); ok {
		return dateTest(order, value, against)
	}
	return false
}

// arnLike compares six parts separately, each with wildcards (COND-09).
func arnLike(value, pattern string) bool {
	v, ok := ParseARN(value)
	if !ok {
		return false
	}
	p, ok := ParseARN(pattern)
	if !ok {
		return false
	}
	vp, pp := v.parts(), p.parts()
	for i := range pp {
		if !CompilePattern(pp[i]).Match(vp[i]) {
			return false
		}
	}
	return true
}

func isARNText(s string) bool { _, ok := ParseARN(s); return ok }

func isBool(s string) bool { return strings.EqualFold(s, "true") || strings.EqualFold(s, "false") }

// ValueOfType reports whether a request can carry a text for a condition key of
// a type, by the names of the service authorization reference. Strings and ARNs
// take any text: a pattern stands in for many.
func ValueOfType(kind, value string) bool {
	switch kind {
	case "Bool":
		return isBool(value)
	case "Numeric":
		return isNumber(value)
	case "Date":
		return isDate(value)
	case "IPAddress":
		_, err := netip.ParseAddr(value)
		return err == nil
	}
	return true
}

// parseNumber reads a decimal number. Hexadecimal, infinities and NaN are not
// numbers here (COND-10).
func parseNumber(s string) (float64, bool) {
	if strings.ContainsAny(s, "xXpP_nN") {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil && !math.IsInf(f, 0)
}

func isNumber(s string) bool { _, ok := parseNumber(s); return ok }

func numericTest(order, value, against string) bool {
	v, ok1 := parseNumber(value)
	a, ok2 := parseNumber(against)
	return ok1 && ok2 && ordered(order, cmp.Compare(v, a))
}

func ordered(order string, c int) bool {
	switch order {
	case "Equals":
		return c == 0
	case "LessThan":
		return c < 0
	case "LessThanEquals":
		return c <= 0
	case "GreaterThan":
		return c > 0
	case "GreaterThanEquals":
		return c >= 0
	}
	return false
}

var dateLayouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", "2006-01-02T15:04",
	"2006-01-02", "2006-01", "2006", "20060102T150405Z07:00", "2006-01-02T15:04:05Z0700",
}

// parseDate reads ISO 8601 or epoch seconds (COND-11). A four-digit number is a
// year, as W3C's profile has it.
func parseDate(s string) (time.Time, bool) {
	for _, layout := range dateLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), true
		}
	}
	if f, ok := parseNumber(s); ok && math.Abs(f) < 1e12 {
		whole, frac := math.Modf(f)
		return time.Unix(int64(whole), int64(frac*1e9)).UTC(), true
	}
	return time.Time{}, false
}

func isDate(s string) bool { _, ok := parseDate(s); return ok }

func dateTest(order, value, against string) bool {
	v, ok1 := parseDate(value)
	a, ok2 := parseDate(against)
	return ok1 && ok2 && ordered(order, v.Compare(a))
}

// parsePrefix reads an address or a CIDR range; host bits are dropped (COND-13).
func parsePrefix(s string) (netip.Prefix, bool) {
	if p, err := netip.ParsePrefix(s); err == nil {
		return p.Masked(), true
	}
	if a, err := netip.ParseAddr(s); err == nil && a.Zone() == "" {
		return netip.PrefixFrom(a, a.BitLen()), true
	}
	return netip.Prefix{}, false
}

func isIP(s string) bool { _, ok := parsePrefix(s); return ok }

func ipContains(prefix, address string) bool {
	p, ok := parsePrefix(prefix)
	if !ok {
		return false
	}
	a, err := netip.ParseAddr(address)
	return err == nil && p.Contains(a)
}

var privateRanges = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("169.254.0.0/16"), netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("fc00::/7"), netip.MustParsePrefix("fe80::/10"), netip.MustParsePrefix("::1/128"),
}

// isPrivate reports whether a range lies in space that aws:SourceIp never shows
// (COND-14).
func isPrivate(s string) bool {
	p, ok := parsePrefix(s)
	if !ok {
		return false
	}
	for _, r := range privateRanges {
		if r.Bits() <= p.Bits() && r.Contains(p.Addr()) {
			return true
		}
	}
	return false
}

func isBase64(s string) bool { _, err := base64.StdEncoding.DecodeString(s); return err == nil }

func binaryEquals(value, against string) bool {
	v, err1 := base64.StdEncoding.DecodeString(value)
	a, err2 := base64.StdEncoding.DecodeString(against)
	return err1 == nil && err2 == nil && bytes.Equal(v, a)
}
