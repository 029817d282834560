package policy

import "time"

// ParseTime reads an instant as date conditions and aws:EpochTime write it.
func ParseTime(s string) (time.Time, bool) { return parseDate(s) }
