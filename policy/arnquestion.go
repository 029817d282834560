package policy

import "strings"

// No partition, service, region or account has a colon. In a policy a star runs over
// colons all the same (ARNM-04), and in a question it must not: who asks about
// arn:aws:lambda:*:111122223333:function:* does not ask about
// arn:aws:lambda:eu-west-1:111122223333:layer:111122223333:function:x, which that
// matches on paper, and a policy about layers as well.

// arnQuestion is a pattern whose wildcards keep to their part of an ARN, if it is one
// of ARNs and has any before the resource; else it is the pattern.
func arnQuestion(p Pattern) Pattern {
	if at := behindFifthColon(p.text); strings.HasPrefix(p.text, "arn:") && strings.ContainsAny(p.text[:at], "*?") {
		p.arn = newARNGlob(p.text, globTokens(p.text))
	}
	return p
}

// matchARN is Match for a pattern whose wildcards keep to their part.
func (p Pattern) matchARN(s string) bool {
	arn, ok := ParseARN(s)
	return ok && p.arn.matchParts(arn, 6)
}

// keepToParts turns the wildcards before the resource, which stands behind the fifth
// colon, into those that no colon will do for.
func keepToParts(tokens []rune) {
	colons := 0
	for i, r := range tokens {
		switch {
		case r == ':':
			if colons++; colons == 5 {
				return
			}
		case r == starRune:
			tokens[i] = partStar
		case r == anyRune:
			tokens[i] = partAny
		}
	}
}
