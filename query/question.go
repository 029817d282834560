package query

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"accesspath/graph"
	"accesspath/policy"
	"accesspath/policy/catalog"
)

// A QuestionError is a question that cannot be asked as it stands.
type QuestionError struct {
	Message string
	Hint    string
}

func (e *QuestionError) Error() string {
	if e.Hint == "" {
		return e.Message
	}
	return e.Message + "\nhint: " + e.Hint
}

// A NotFoundError is a principal that the snapshot does not have, or a short
// name that several have.
type NotFoundError struct {
	Name       string
	Candidates []string // IDs; sorted
	Ambiguous  bool
}

func (e *NotFoundError) Error() string {
	if e.Ambiguous {
		return fmt.Sprintf("%q is the name of %d principals\nhint: use one of\n  %s", e.Name, len(e.Candidates), strings.Join(e.Candidates, "\n  "))
	}
	if len(e.Candidates) > 0 {
		return fmt.Sprintf("no principal %q in the snapshot\nhint: did you mean %s?", e.Name, strings.Join(e.Candidates, ", "))
	}
	return fmt.Sprintf("no principal %q in the snapshot\nhint: give an ARN, or the name of a user or role of a loaded account; accesspath graph --format json lists them", e.Name)
}

// target is what a question asks about, ready to evaluate.
type target struct {
	action   string // concrete, catalogue spelling where known
	resource string // concrete ARN, "*", or a pattern
	pattern  bool   // resource is a pattern: quantified (QRY-11)
	stands   bool   // resource is a witness of a pattern, of which variables may pick another
}

// question is a parsed action and resource.
type question struct {
	targets    []target // those of one action stand together
	allActions bool     // allowed are all of the actions, not some (QRY-16)
	all        bool     // of resources, too (QRY-11)
	several    bool     // there are several resources: a row says which one it is
	among      string   // the pattern that these match
	notes      []Note
	pre        *prefilter                  // made when first needed
	matches    *lazily[match]              // see matching
	roles      *lazily[assumedRoles]       // see rolesOf
	topic      *topic                      // of the one target of a question that is about few principals; else nil
	decided    map[decided]policy.Decision // nil if nothing is remembered, see decideOnce
}

// lazily is a list that is made when it is first needed, of a question and all that
// are made of it.
type lazily[T any] struct {
	mu   sync.Mutex
	made bool
	list []T
}

// get returns the list. Its error is that of ctx; then the list is made when it is
// needed again.
func (l *lazily[T]) get(ctx context.Context, list func(context.Context) []T) ([]T, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.made {
		found := list(ctx)
		if ctx.Err() != nil {
			return nil, fmt.Errorf("looking for resources: %w", ctx.Err())
		}
		l.list, l.made = found, true
	}
	return l.list, nil
}

// decided names a request without a session of its own.
type decided struct {
	node             *graph.Node
	action, resource string
}

// parse checks an action and a resource and settles what they mean (QRY-10 to
// QRY-18), in the form that the engine's options ask for.
func (e *Engine) parse(action, resource string) (*question, error) {
	q := &question{all: e.o.All, allActions: e.o.AllActions, matches: &lazily[match]{}, roles: &lazily[assumedRoles]{}}
	actions, err := q.actions(action, e.o.AccessLevel)
	if err != nil {
		return nil, err
	}
	if err := checkResource(resource); err != nil {
		return nil, err
	}
	if e.o.Existing || len(e.o.ResourceTags) > 0 {
		err = e.existing(q, actions, resource)
	} else {
		err = q.literal(actions, resource)
	}
	if err != nil {
		return nil, err
	}
	if len(q.targets) == 0 {
		return nil, &QuestionError{Message: fmt.Sprintf("no action that %q matches works on %q", action, resource), Hint: "check the resource's ARN, or ask with resource '*'"}
	}
	return q, nil
}

// literal asks about the resource, or the pattern of one, as it stands.
func (q *question) literal(actions []string, resource string) error {
	for _, a := range actions {
		t, ok, err := targetOf(a, resource, len(actions) == 1)
		if err != nil {
			return err
		}
		if ok {
			q.understood(t, resource, len(actions) == 1)
			q.targets = append(q.targets, t)
		}
	}
	return nil
}

// understood notes where a target is not about the resource that was asked about.
func (q *question) understood(t target, resource string, single bool) {
	switch {
	case t.resource == resource:
	case t.resource == "*":
		q.note("no-resource-level", t.action+" has no resource types; evaluated on \"*\" (QRY-17)")
	case single:
		q.note("bucket-as-objects", t.action+" works on objects; understood as "+t.resource+" (QRY-15)")
	default:
		q.note("bucket-as-objects", "some of the actions work on objects; understood as "+t.resource+" (QRY-15)")
	}
}

// oneAction reports whether all targets are about the same action.
func (q *question) oneAction() bool {
	return !slices.ContainsFunc(q.targets, func(t target) bool { return t.action != q.targets[0].action })
}

func (q *question) note(code, text string) {
	n := Note{code, text}
	if !slices.Contains(q.notes, n) {
		q.notes = append(q.notes, n)
	}
}

func suggestion(action string) string {
	if s := catalog.Suggest(action); len(s) > 0 {
		return "did you mean " + strings.Join(s, ", ") + "?"
	}
	return "check the spelling in AWS's Service Authorization Reference"
}

func checkResource(resource string) error {
	if resource == "*" {
		return nil
	}
	a, ok := policy.ParseARN(resource)
	switch {
	case !ok:
		return &QuestionError{Message: fmt.Sprintf("resource %q is neither \"*\" nor an ARN", resource), Hint: "an ARN has six parts, such as arn:aws:s3:::bucket/key or arn:aws:iam::123456789012:role/name"}
	case a.Partition == "" || a.Service == "" || a.Resource == "":
		return &QuestionError{Message: fmt.Sprintf("resource %q lacks its partition, service or resource part", resource), Hint: "an ARN is arn:partition:service:region:account:resource"}
	}
	return nil
}

// targetOf settles one action on the asked resource; ok is false if the action
// does not work on such a resource and the question names others as well.
func targetOf(action, resource string, single bool) (target, bool, error) {
	service, name, _ := strings.Cut(action, ":")
	info, known := catalog.Action(service, name)
	t := target{action: action, resource: resource}
	switch {
	case known && info.WildcardOnly:
		t.resource = "*"
		return t, single || resource == "*", nil
	case !known:
		t.pattern = strings.ContainsAny(resource, "*?")
		return t, true, nil
	}
	t.pattern = strings.ContainsAny(resource, "*?")
	if resource == "*" {
		return t, true, nil
	}
	if t.pattern {
		fits := graph.FitsBuckets(action, resource)
		if single && (!fits || !ownsPattern(info, resource)) {
			return t, false, mismatch(info, resource)
		}
		return t, fits && (single || sameService(service, resource)), nil
	}
	return typed(t, info, single)
}

// ownsPattern reports whether an action may work on a resource that the pattern
// matches, as far as the pattern says which service it is (QRY-18).
func ownsPattern(info catalog.ActionInfo, resource string) bool {
	if sameService(info.Service, resource) {
		return true
	}
	a, _ := policy.ParseARN(resource)
	return slices.ContainsFunc(info.ResourceTypes, func(use catalog.ResourceUse) bool {
		typ, ok := catalog.ResourceType(info.Service, use.Type)
		return !ok || slices.ContainsFunc(typ.ARNs, func(template string) bool {
			b, ok := policy.ParseARN(template)
			return !ok || b.Service == a.Service || strings.Contains(b.Service, "$")
		})
	})
}

func mismatch(info catalog.ActionInfo, resource string) error {
	var want []string
	for _, use := range info.ResourceTypes {
		want = append(want, use.Type)
	}
	return &QuestionError{Message: fmt.Sprintf("action-resource-mismatch: %s does not work on %s", info.String(), resource), Hint: "it works on resources of type " + strings.Join(want, ", ")}
}

// sameService reports whether an action's service owns a resource pattern, as
// far as the pattern says which service it is.
func sameService(service, resource string) bool {
	a, ok := policy.ParseARN(resource)
	return !ok || strings.ContainsAny(a.Service, "*?") || a.Service == service || a.Service == "iam" && service == "sts"
}

// typed checks that the action works on the ARN's type (QRY-15, QRY-18).
func typed(t target, info catalog.ActionInfo, single bool) (target, bool, error) {
	types := catalog.TypesOfARN(info.Service, t.resource)
	a, _ := policy.ParseARN(t.resource)
	if strings.HasPrefix(info.String(), "sts:AssumeRole") && a.Service == "iam" && !strings.HasPrefix(a.Resource, "role/") {
		if single {
			return t, false, mismatch(info, t.resource)
		}
		return t, false, nil // a role it is not
	}
	if len(types) == 0 && (a.Service == info.Service || a.Service == "iam" && info.Service == "sts") {
		return t, true, nil // a form that the catalogue does not know
	}
	if info.Takes(types...) {
		return t, true, nil
	}
	if info.Service == "s3" && a.Service == "s3" && !strings.Contains(a.Resource, "/") && info.Takes("object") {
		t.resource += "/*"
		t.pattern = true
		return t, true, nil
	}
	if !single {
		return t, false, nil
	}
	return t, false, mismatch(info, t.resource)
}
