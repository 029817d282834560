package query

import "accesspath/policy"

// folding resolves what edges out of one state ask for. A state may have several: a
// user signs with MFA, or without.
type folding struct {
	number int
	of     func(policy.Requirement) policy.Requirement
}

// plainly remembers what edges out of one state, on which nothing is chosen, ask for:
// there are thousands of them, and a few formulas.
type plainly []plainFold

type plainFold struct {
	number  int // of the folding
	req, is policy.Requirement
}

// maxPlain bounds what is remembered of a state.
const maxPlain = 16

func (p *plainly) fold(req policy.Requirement, by folding, fold func(policy.Requirement) policy.Requirement) policy.Requirement {
	for i := range *p {
		if k := &(*p)[i]; k.number == by.number && k.req == req {
			return k.is
		}
	}
	is := fold(req)
	if len(*p) < maxPlain {
		*p = append(*p, plainFold{by.number, req, is})
	}
	return is
}
