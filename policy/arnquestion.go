package policy

import "strings"

// No partition, service, region or account has a colon. In a policy a wildcard runs
// over colons all the same, and in a question it must not: who asks about
// arn:aws:lambda:*:111122223333:function:* does not ask about
// arn:aws:lambda:eu-west-1:111122223333:layer:111122223333:function:x, which that
// matches on paper, and a policy about layers as well.

// sectionsOfARN is how many parts an ARN has; the last is its resource.
const sectionsOfARN = 6

// arnQuestion is a pattern whose wildcards keep to their section of an ARN, if it is
// one of ARNs and has any before the resource; else it is the pattern.
func arnQuestion(p Pattern) Pattern {
	texts := strings.SplitN(p.text, ":", sectionsOfARN)
	if len(texts) < sectionsOfARN || texts[0] != "arn" || !strings.ContainsAny(strings.Join(texts[:sectionsOfARN-1], ""), "*?") {
		return p
	}
	p.sections = new([sectionsOfARN]Pattern)
	for i, text := range texts {
		p.sections[i] = CompilePattern(text)
	}
	return p
}

// matchSections is Match for a pattern of sections.
func (p Pattern) matchSections(s string) bool {
	texts := strings.SplitN(s, ":", sectionsOfARN)
	if len(texts) < sectionsOfARN {
		return false
	}
	for i, text := range texts {
		if !p.sections[i].Match(text) {
			return false
		}
	}
	return true
}

// keepToSections turns the wildcards before the resource into those that no colon
// will do for.
func keepToSections(tokens []rune) {
	colons := 0
	for i, r := range tokens {
		switch {
		case r == ':':
			if colons++; colons == sectionsOfARN-1 {
				return
			}
		case r == starRune:
			tokens[i] = sectionStar
		case r == anyRune:
			tokens[i] = sectionAny
		}
	}
}
