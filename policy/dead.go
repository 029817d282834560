package policy

import "time"

// Never says why no request meets all conditions of the statement, as tests that
// exclude each other and dates that have passed do (SYM-07, SYM-30, SYM-32). The
// reason is "" if some request may meet them. asOf is the time of the question.
func (s *Statement) Never(asOf time.Time) string {
	if len(s.Conditions) == 0 {
		return ""
	}
	e := evaluation{request: &Request{}, layer: identityLayer, context: ContextFunc(func(key string) Value {
		switch key {
		case "aws:currenttime":
			return Is(asOf.UTC().Format(time.RFC3339))
		case "aws:epochtime":
			return Is(formatNumber(float64(asOf.Unix())))
		}
		return Value{}
	})}
	all := True()
	for i := range s.Conditions {
		c := &s.Conditions[i]
		test := e.test(c, Allow)
		if !test.Satisfiable() {
			return "no request meets " + clip(c.Operator) + " on " + clip(c.Key)
		}
		all = And(all, test)
	}
	if all.Satisfiable() {
		return ""
	}
	pair := all.conflict()
	return "“" + pair[0] + "” and “" + pair[1] + "” exclude each other"
}
