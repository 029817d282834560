package compare

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"accesspath/query"
)

// ask asks both sides who can do something, and compares the rows and the paths
// of each origin.
func (c *comparison) ask(ctx context.Context) error {
	o := c.options
	before, err := c.old.engine.WhoCan(ctx, o.Action, o.Resource)
	if err != nil {
		return err
	}
	after, err := c.new.engine.WhoCan(ctx, o.Action, o.Resource)
	if err != nil {
		return err
	}
	c.diff.Question = &after.Question
	c.diff.Access = merge(rows(before), rows(after), differentRows)
	slices.SortStableFunc(c.diff.Access.Added, func(a, b Row) int { return a.Hops - b.Hops })
	slices.SortStableFunc(c.diff.Access.Removed, func(a, b Row) int { return a.Hops - b.Hops })
	target := o.Action + " on " + o.Resource
	byOrigin := merge(answers(before, target), answers(after, target), func(a, b answer) []Detail { return []Detail{{}} })
	for _, a := range byOrigin.Removed {
		c.diff.Paths.extend(c.differentPaths(a, answer{}))
	}
	for _, a := range byOrigin.Added {
		c.diff.Paths.extend(c.differentPaths(answer{}, a))
	}
	for _, p := range byOrigin.Changed {
		c.diff.Paths.extend(c.differentPaths(p.Old, p.New))
	}
	orderPaths(&c.diff.Paths)
	for _, side := range []struct {
		name string
		r    *query.Result
	}{{"old", before}, {"new", after}} {
		for _, reason := range side.r.Limits.Reasons {
			c.diff.Limits.Reasons = append(c.diff.Limits.Reasons, "in the "+side.name+" snapshot: "+reason)
		}
	}
	return nil
}

// orderPaths puts paths that were gathered origin by origin into the order of
// their keys.
func orderPaths(s *Set[Path]) {
	byKey := func(a, b Path) int { return strings.Compare(pathKey(&a), pathKey(&b)) }
	slices.SortStableFunc(s.Added, byKey)
	slices.SortStableFunc(s.Removed, byKey)
	slices.SortStableFunc(s.Changed, func(a, b Pair[Path]) int { return byKey(a.Old, b.Old) })
}

func rows(r *query.Result) []entry[Row] {
	out := make([]entry[Row], 0, len(r.Answers))
	for i := range r.Answers {
		a := &r.Answers[i]
		row := Row{Principal: a.Principal, Kind: a.Kind, Account: a.Account, Verdict: a.Verdict, Hops: a.Hops}
		if len(a.Paths) > 0 {
			row.Path = &a.Paths[0]
		}
		out = append(out, entry[Row]{a.Principal, row})
	}
	return sorted(out)
}

// differentRows compares what counts to a reader: another path of the same
// length under the same verdict is a difference of paths.
func differentRows(a, b Row) []Detail {
	return details(Detail{"hops", strconv.Itoa(a.Hops), strconv.Itoa(b.Hops)}, Detail{"kind", a.Kind, b.Kind}, Detail{"verdict", a.Verdict, b.Verdict})
}

// answers lists the paths of each origin.
func answers(r *query.Result, target string) []entry[answer] {
	out := make([]entry[answer], 0, len(r.Answers))
	for i := range r.Answers {
		a := answerOf(r.Question, r.Answers[i:i+1], target)
		out = append(out, entry[answer]{r.Answers[i].Principal, a})
	}
	return sorted(out)
}
