package scan

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

// Names is a set of field names that are recognised in any spelling that
// exporters use: AWS's own, lowerCamelCase and snake_case (GAAD-12).
type Names map[string]string

// NewNames returns the set of the given AWS spellings.
func NewNames(names ...string) Names {
	n := make(Names, 2*len(names))
	for _, name := range names {
		n[name] = name
		n[Fold([]byte(name))] = name
	}
	return n
}

// Of returns the AWS spelling of a name, or "" if it is not in the set.
func (n Names) Of(name []byte) string {
	if s, ok := n[string(name)]; ok {
		return s
	}
	if len(name) > 64 {
		return ""
	}
	return n[Fold(name)]
}

// Fold drops case, "_", "-" and blanks.
func Fold(name []byte) string {
	out := make([]byte, 0, len(name))
	for _, c := range name {
		switch {
		case c == '_' || c == '-' || c == ' ':
		case 'A' <= c && c <= 'Z':
			out = append(out, c+'a'-'A')
		default:
			out = append(out, c)
		}
	}
	return string(out)
}

// foldsTo reports whether Fold(name) is want.
func foldsTo(name []byte, want string) bool {
	i := 0
	for _, c := range name {
		switch {
		case c == '_' || c == '-' || c == ' ':
			continue
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		}
		if i == len(want) || want[i] != c {
			return false
		}
		i++
	}
	return i == len(want)
}

var layouts = []string{
	time.RFC3339Nano,
	"2006-01-02 15:04:05Z07:00",
	"2006-01-02T15:04:05Z0700",
	"2006-01-02 15:04:05Z0700",
	"2006-01-02 15:04:05 -0700 MST",
	"2006-01-02 15:04:05 MST",
	"2006-01-02T15:04:05",
	"2006-01-02 15:04:05",
	"2006-01-02",
	time.RFC1123, time.RFC1123Z,
}

// Time reads the dates of GAAD-12: ISO 8601 in several forms and seconds (or
// milliseconds) since 1970. The result is in UTC. ok is false if there is
// text that is no date.
func (v Value) Time() (t time.Time, ok bool) { return ParseTime(v.Text()) }

// ParseTime is Time for text that is no JSON.
func ParseTime(text string) (t time.Time, ok bool) {
	text = strings.TrimSpace(text)
	if text == "" {
		return time.Time{}, true
	}
	// Nearly all are dates: what fails to be a number costs an error each time.
	if f, err := parseSeconds(text); err == nil {
		if math.Abs(f) > 1e11 { // in seconds that were the year 5138
			f /= 1000
		}
		if math.IsNaN(f) || math.Abs(f) > 1e11 {
			return time.Time{}, false
		}
		whole, part := math.Modf(f)
		return time.Unix(int64(whole), int64(part*1e9)).UTC(), true
	}
	for _, l := range layouts {
		if t, err := time.Parse(l, text); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

var errNoNumber = errors.New("no number")

// parseSeconds is ParseFloat for text that could be a number.
func parseSeconds(text string) (float64, error) {
	if len(text) > 4 && text[4] == '-' && '0' <= text[3] && text[3] <= '9' {
		return 0, errNoNumber // 2026-
	}
	return strconv.ParseFloat(text, 64)
}
