package query

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
	"accesspath/policy/catalog"
)

// candidate is something in the snapshot that a question may be about.
type candidate struct {
	arn   string
	tags  []iam.Tag
	known bool // tags are
}

// existing makes a question about what the snapshot has (QRY-14), or about what
// of it has the tags asked for (QRY-10).
func (e *Engine) existing(q *question, actions []string, resource string) error {
	list, untagged := e.candidates(resource)
	q.several, q.among = true, resource
	for _, a := range actions {
		before := len(q.targets)
		for _, c := range list {
			list, err := about(a, c.arn, resource)
			if err != nil {
				return err
			}
			for i := 0; c.arn == resource && i < len(list); i++ {
				q.understood(list[i], resource, len(actions) == 1)
			}
			q.targets = append(q.targets, list...)
		}
		if len(q.targets) == before && wildcardOnly(a) && (resource == "*" || len(actions) == 1) {
			q.targets = append(q.targets, target{action: a, resource: "*"})
		}
	}
	if untagged > 0 {
		q.note("tags-unknown", fmt.Sprintf("the tags of %d resources are not in the input; they are left out (QRY-10)", untagged))
	}
	if len(q.targets) == 0 {
		what := fmt.Sprintf("nothing in the snapshot matches %q and is what the action works on", resource)
		if len(e.o.ResourceTags) > 0 {
			what = fmt.Sprintf("nothing in the snapshot that matches %q and is what the action works on is known to have the tags asked for", resource)
		}
		return &QuestionError{Message: what, Hint: "leave out --existing and --resource-tag to ask about names that could exist"}
	}
	return nil
}

// about are the targets of an action on something of the snapshot that a pattern
// matches; none if the action does not work on it.
func about(action, arn, pattern string) ([]target, error) {
	t, ok, err := targetOf(action, arn, false)
	if err != nil || !ok {
		return nil, err
	}
	if !t.pattern || strings.ContainsAny(arn, "*?") {
		return []target{t}, nil
	}
	var out []target
	for _, objects := range objectsOf(arn, pattern) {
		t.resource = objects
		out = append(out, t)
	}
	return out, nil
}

// wildcardOnly reports whether an action works on no resource (QRY-17).
func wildcardOnly(action string) bool {
	service, name, _ := strings.Cut(action, ":")
	info, ok := catalog.Action(service, name)
	return ok && info.WildcardOnly
}

// candidates lists what matches the pattern and has the tags; untagged counts
// what matches and has unknown tags, if tags are asked for.
func (e *Engine) candidates(pattern string) (list []candidate, untagged int) {
	match := matcher(pattern)
	for c := range e.everything() {
		switch {
		case !match(c.arn):
		case len(e.o.ResourceTags) > 0 && !c.known:
			untagged++
		case e.tagged(c):
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b candidate) int { return strings.Compare(a.arn, b.arn) })
	return list, untagged
}

// matcher reports whether a pattern matches a resource; a bucket if it matches some
// object of it.
func matcher(pattern string) func(arn string) bool {
	if pattern == "*" {
		return func(string) bool { return true }
	}
	whole := policy.CompilePattern(pattern)
	bucket := policy.CompilePattern(bucketPart(pattern))
	return func(arn string) bool { return whole.Match(arn) || isBucket(arn) && bucket.Match(arn) }
}

// everything yields the resources of the snapshot: those of services, and users,
// groups, roles and policies.
func (e *Engine) everything() iter.Seq[candidate] {
	s := e.g.Model.Snapshot
	return func(yield func(candidate) bool) {
		for _, r := range s.Resources {
			if !yield(candidate{r.ARN, r.Tags, r.TagsState != iam.Unknown}) {
				return
			}
		}
		for _, a := range s.Accounts {
			for _, u := range a.Users {
				if !yield(candidate{u.ARN, u.Tags, true}) {
					return
				}
			}
			for _, r := range a.Roles {
				if !yield(candidate{r.ARN, r.Tags, true}) {
					return
				}
			}
			for _, g := range a.Groups {
				if !yield(candidate{g.ARN, nil, true}) {
					return
				}
			}
			for _, p := range a.Policies {
				if !yield(candidate{p.ARN, nil, false}) {
					return
				}
			}
		}
	}
}

// tagged reports whether a candidate has all tags asked for. Keys compare
// without case, values with it (SYM-23, SYM-24).
func (e *Engine) tagged(c candidate) bool {
	for _, key := range slices.Sorted(maps.Keys(e.o.ResourceTags)) {
		if !slices.ContainsFunc(c.tags, func(t iam.Tag) bool {
			return strings.EqualFold(t.Key, key) && t.Value == e.o.ResourceTags[key]
		}) {
			return false
		}
	}
	return true
}

func isBucket(arn string) bool {
	a, ok := policy.ParseARN(arn)
	return ok && a.Service == "s3" && a.Account == "" && !strings.Contains(a.Resource, "/")
}

// bucketPart cuts the key off a pattern of objects.
func bucketPart(pattern string) string {
	before, _, _ := strings.Cut(pattern, "/")
	return before
}

// objectsOf are the question's pattern of objects within one bucket. A star before the
// first slash may reach over more of them.
func objectsOf(bucket, pattern string) []string {
	before, key, ok := strings.Cut(pattern, "/")
	switch {
	case !ok:
		return []string{bucket + "/*"}
	case strings.Contains(before, "*") && !strings.HasPrefix(key, "*"):
		return []string{bucket + "/" + key, bucket + "/*/" + key}
	}
	return []string{bucket + "/" + key}
}

// manyResources is from where on the resources of a question about what there is are
// taken one by one, each with those that it concerns, instead of all for each principal.
const manyResources = 16

// oneByOne reports whether the question's resources are.
func (q *question) oneByOne() bool {
	return q.several && !q.all && !q.allActions && len(q.targets) > manyResources
}

// amongAll lists, for oneByOne, the resources as matches of the pattern that was asked
// about.
func (e *Engine) amongAll(q *question) []match {
	var out []match
	for i, t := range q.targets {
		m := match{target: t, of: i, pattern: q.among, first: sync.OnceValue(func() []string { return e.firstOf(t) })}
		if !strings.HasPrefix(strings.ToLower(t.action), "sts:") {
			m.let = e.g.Grantees(t.action, t.resource)
		}
		out = append(out, m)
	}
	return out
}

// existingAccesses is accessesOf for oneByOne. Whom the resources looked at first settle,
// later ones need not be asked about.
func (e *Engine) existingAccesses(ctx context.Context, q *question, wanted func(*graph.Node) bool) (*accesses, error) {
	list, err := e.matching(ctx, q)
	if err != nil {
		return nil, err
	}
	found, limits := newAccesses(), make([]ceilings, e.g.Len())
	done, given := graph.NewNodeSet(e.g.Len()), graph.NewNodeSet(e.g.Len()) // whom resources give all there is; all that theirs allow them of an action
	pairs, count, enough := map[graph.NodeID][]int{}, 0, fewPairs
	for i, t := range q.targets {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("evaluating principals: %w", ctx.Err())
		}
		for _, n := range e.g.Candidates(t.action, t.resource, t.pattern) {
			if !done.Has(n) && e.mayGive(&list[i], n, given.Has(n)) && (wanted == nil || wanted(e.g.Node(n))) {
				pairs[n], count = append(pairs[n], i), count+1
			}
		}
		last := i == len(q.targets)-1 || q.targets[i+1].action != t.action
		if count < enough && !last {
			continue
		}
		if err := e.askAmong(ctx, list, pairs, limits, found); err != nil {
			return nil, err
		}
		for n := range pairs { // into sets: their order does not matter
			if found.req(n).IsTrue() {
				done.Add(n)
			}
			if limit := limits[n][t.action]; limit != nil && limit.most.IsFalse() {
				given.Add(n)
			}
		}
		if last {
			clear(given)
		}
		clear(pairs)
		count, enough = 0, min(2*enough, maxPairs)
	}
	return found, nil
}

// fewPairs is how many pairs of a principal and a resource are evaluated first; then they
// become more and more.
const fewPairs = 1 << 5

// askAmong evaluates pairs of principals and resources, by number in list.
func (e *Engine) askAmong(ctx context.Context, list []match, pairs map[graph.NodeID][]int, limits []ceilings, to *accesses) error {
	return to.update(ctx, pairs, func(n graph.NodeID) (access, error) {
		if limits[n] == nil {
			limits[n] = ceilings{}
		}
		return e.among(ctx, e.g.Node(n), to.of(n), list, slices.Values(pairs[n]), limits[n], nil)
	})
}

// ceilings are, by action, the most that a principal's own policies come to; nothing once
// a resource gave as much as there is.
type ceilings map[string]*ceiling

// mayGive reports whether a resource may give a principal anything, for all that the
// account tells that it is of: one of another account only where its policies let callers
// of the principal's in, and only what was not given yet. Who may do something with all
// buckets is a candidate for each of them, and for nearly all in vain.
func (e *Engine) mayGive(m *match, n graph.NodeID, given bool) bool {
	if m.let == nil {
		return true
	}
	account, owner := e.g.AccountOf(n), m.let.Owner()
	return account == "" || account == owner || m.let.From(account) && (!given || owner == "")
}

// among is the access of one principal to some of the resources, by number: what it has
// already, and what more they give. Where its identity policies decide whichever
// resource it is, what they come to is found once, and they are not asked about
// resources any more when one gave as much.
func (e *Engine) among(ctx context.Context, n *graph.Node, has access, list []match, some iter.Seq[int], limits ceilings, session policy.Context) (access, error) {
	in, own := inquiry{e: e, n: n, session: session}, e.g.Model.AtMost(n)
	if session == nil {
		in.many = e.g.Model.Inquiry(n)
	}
	return has.joined(ctx, func(yield func(access) bool) {
		for k := range some {
			m := &list[k]
			b, done := in.amongOne(m, own, limits)
			if !done && !yield(b) {
				return
			}
		}
	})
}

// numbers yields those below n that may be.
func numbers(n int, may func(int) bool) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := range n {
			if may(i) && !yield(i) {
				return
			}
		}
	}
}

// amongOne is among for one resource; done is true if it cannot matter any more.
func (in *inquiry) amongOne(m *match, own *graph.Inquiry, limits ceilings) (a access, done bool) {
	if m.let == nil || m.let.Alone(in.n) {
		return in.accessToMatch(m), false
	}
	limit, ok := limits[m.action]
	if !ok {
		c := in.e.ceilingOf(own, m.action, m.pattern)
		if limit = &c; !limit.certain || limit.byResource() {
			limit.most, limit.certain = policy.True(), true // which resources give is not known
		}
		limits[m.action] = limit
	}
	if limit.most.IsFalse() {
		return access{}, true
	}
	a = in.accessToMatch(m)
	if limit.met(a.req) {
		limit.most = policy.False()
	}
	return a, false
}
