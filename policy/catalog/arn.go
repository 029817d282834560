package catalog

import (
	"slices"
	"strings"
)

// TypesOfARN lists the resource types of the service that a concrete ARN can
// be, in order of their names. None means unknown, not that there is none: the
// templates are not complete. Several are common, because a name may contain
// what separates another type's parts; a bucket and an object are told apart.
func TypesOfARN(service, arn string) []string {
	s := load().service(service)
	if s == nil {
		return nil
	}
	a, ok := cutARN(arn)
	if !ok {
		return nil
	}
	var names []string
	parsed := s.parsed()
	for i, forms := range parsed.forms {
		if slices.ContainsFunc(forms, a.is) {
			names = append(names, parsed.types[i].Name)
		}
	}
	return names
}

// cut is an ARN, or a template of one, whose first five parts stand by themselves.
type cut struct {
	parts [5]string
	rest  string
}

func cutARN(arn string) (c cut, ok bool) {
	c.rest = arn
	for i := range c.parts {
		if c.parts[i], c.rest, ok = strings.Cut(c.rest, ":"); !ok {
			return cut{}, false
		}
	}
	return c, true
}

// arnForm is a template such as "arn:${Partition}:s3:::${BucketName}", ready to be
// compared.
type arnForm struct {
	cut        // parts are "*" where anything will do; rest is for matchFold
	plain bool // the resource is nothing but a placeholder
}

// formsOf are the templates that are ARNs.
func formsOf(templates []string) []arnForm {
	var out []arnForm
	for _, t := range templates {
		c, ok := cutARN(t)
		if !ok {
			continue
		}
		for i, part := range c.parts {
			if isPlaceholder(part) {
				c.parts[i] = "*"
			}
		}
		f := arnForm{cut: c, plain: isPlaceholder(c.rest)}
		f.rest = placeholders(c.rest, "?*")
		out = append(out, f)
	}
	return out
}

// is compares the first five parts one by one, where a placeholder stands for
// anything, and the resource as one text. A resource that is nothing but a
// placeholder is a plain name, without "/" and ":"; otherwise the object ARN of a
// bucket would pass for a bucket.
func (c cut) is(f arnForm) bool {
	for i, want := range f.parts {
		if want != "*" && want != c.parts[i] {
			return false
		}
	}
	return !(f.plain && strings.ContainsAny(c.rest, "/:")) && matchFold(f.rest, c.rest)
}

func isPlaceholder(s string) bool {
	return strings.HasPrefix(s, "${") && strings.IndexByte(s, '}') == len(s)-1
}

// placeholders writes by in place of every ${…}.
func placeholders(template, by string) string {
	return FillTemplate(template, func(string, int) string { return by })
}

// The parts of an ARN that a placeholder of a template may stand in, as FillTemplate
// counts them.
const (
	PartPartition = 1
	PartRegion    = 3
	PartAccount   = 4
)

// FillTemplate writes what fill says in place of every ${…} of an ARN template, or of a
// condition key, given its name and how many colons of the template stand before it:
// accounts have several names.
func FillTemplate(template string, fill func(name string, part int) string) string {
	var b strings.Builder
	part := 0
	for {
		before, rest, ok := strings.Cut(template, "${")
		b.WriteString(before)
		part += strings.Count(before, ":")
		if !ok {
			return b.String()
		}
		name, after, closed := strings.Cut(rest, "}")
		b.WriteString(fill(name, part))
		if template = after; !closed {
			return b.String()
		}
	}
}
