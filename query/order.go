package query

import (
	"cmp"
	"slices"
)

// sortAnswers puts rows in their final order: public, external, then by
// verdict, hops and name (QRY-22).
func sortAnswers(list []Answer) {
	slices.SortStableFunc(list, func(a, b Answer) int {
		return cmp.Or(
			cmp.Compare(rank(a.Kind), rank(b.Kind)),
			cmp.Compare(verdictRank(a.Verdict), verdictRank(b.Verdict)),
			cmp.Compare(a.Hops, b.Hops),
			cmp.Compare(a.Principal, b.Principal),
		)
	})
}

func rank(kind string) int {
	switch kind {
	case "public":
		return 0
	case "account", "external":
		return 1
	}
	return 2
}

func verdictRank(v string) int {
	switch v {
	case VerdictAllow:
		return 0
	case VerdictAllowIf:
		return 1
	}
	return 2
}
