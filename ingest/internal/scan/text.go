package scan

import "bytes"

// MaxText bounds what is read of one JSON string, and so a policy document, in
// bytes as they stand in the file. AWS's own limits are far lower: 20 KB for a
// bucket policy, 32 KB for a key policy, less for everything else.
const MaxText = 4 << 20

// cutter shortens JSON strings while they are read: whatever a string's length,
// only its beginning is ever held. What is left of it is longer than MaxText,
// so that nobody takes the beginning of a policy for the policy.
type cutter struct {
	most     int64 // bytes of a string
	inText   bool
	odd      bool  // the last byte before is a backslash that escapes
	kept     int64 // bytes of the string so far
	dropping bool
	dropped  int64

	gaps []gap       // not passed by Reader.Position yet
	cuts []shortened // passed, and not reported yet
}

// gap is where bytes are missing in what was handed out.
type gap struct {
	at            int64 // offset of the closing quotation mark
	kept, dropped int64
}

// shortened is a string of which only the beginning was read.
type shortened struct {
	line, column int // of its opening quotation mark
	bytes        int64
}

// shorten takes the next bytes of the file, closes the gaps in place and
// returns how many are left. given is the offset of the first.
func (c *cutter) shorten(p []byte, given int64) int {
	out := 0
	for i := 0; i < len(p); {
		if !c.inText {
			k := bytes.IndexByte(p[i:], '"')
			if k < 0 {
				return out + copy(p[out:], p[i:])
			}
			out += copy(p[out:], p[i:i+k+1])
			i += k + 1
			c.inText, c.odd, c.kept, c.dropping, c.dropped = true, false, 0, false, 0
			continue
		}
		end, closed := c.textEnd(p[i:])
		part := p[i : i+end]
		i += end
		keep := len(part)
		if c.dropping {
			keep = 0
		} else if c.kept+int64(len(part)) > c.most {
			keep = c.boundary(part)
			c.dropping = keep < len(part)
		}
		c.kept += int64(keep)
		c.dropped += int64(len(part) - keep)
		c.odd = oddSlashes(part, c.odd) // before the part is overwritten
		out += copy(p[out:], part[:keep])
		if closed {
			if c.dropped > 0 {
				c.gaps = append(c.gaps, gap{given + int64(out), c.kept, c.dropped})
			}
			p[out] = '"'
			out++
			i++
			c.inText = false
		}
	}
	return out
}

// textEnd finds the closing quotation mark of the string that p goes on with.
func (c *cutter) textEnd(p []byte) (end int, closed bool) {
	for end < len(p) {
		k := bytes.IndexByte(p[end:], '"')
		if k < 0 {
			return len(p), false
		}
		end += k
		if !oddSlashes(p[:end], c.odd) {
			return end, true
		}
		end++
	}
	return len(p), false
}

// oddSlashes reports whether the byte after p is escaped; before says whether
// p's first one is.
func oddSlashes(p []byte, before bool) bool {
	n := len(p)
	for n > 0 && p[n-1] == '\\' {
		n--
	}
	odd := (len(p)-n)%2 == 1
	if n == 0 && before {
		return !odd
	}
	return odd
}

// boundary is where part can be cut so that no escape breaks: behind the first
// bytes of the string that are kept, and behind what may be the rest of an escape of
// the bytes before. It is len(part) if there is no such place.
func (c *cutter) boundary(part []byte) int {
	const longest = len(`\u0000`)
	least := max(int(c.most-c.kept), longest)
	for i, escaped := 0, c.odd; i < len(part); i++ {
		switch {
		case escaped:
			if escaped = false; part[i] == 'u' {
				i += 4
			}
		case i >= least:
			return i
		default:
			escaped = part[i] == '\\'
		}
	}
	return len(part)
}
