package render

import (
	"accesspath/query"
	"accesspath/render/words"
)

// addEscalation makes a view of what a result adds by escalation (QRY-07): answers
// below a heading of their own. nil if nobody asked for it.
func (v *view) addEscalation(r *query.Result, o Options) {
	if r.Escalation == nil {
		return
	}
	e := &view{kind: v.kind, heading: "By escalation: nobody else"}
	for i := range r.Escalation.Answers {
		e.answers = append(e.answers, viewAnswer(&r.Escalation.Answers[i], r.Question, o))
	}
	if n := len(e.answers); n > 0 {
		e.heading = "By escalation: " + words.Plural(n, "more answer")
	}
	v.escalation = e
	v.notes = append(v.notes[:len(v.notes):len(v.notes)], r.Escalation.Notes...)
	for _, reason := range r.Escalation.Limits.Reasons {
		v.limits = append(v.limits[:len(v.limits):len(v.limits)], "by escalation: "+reason)
	}
}

// escalationHop says what is done, and which requests it takes.
func escalationHop(v *hopView, s *query.EscalationStep) {
	v.how = s.Title + " [" + s.Rule + "]:"
	var because []string
	for _, c := range s.Requests {
		because = append(because, "it takes "+c.Action+" on "+c.Resource)
	}
	v.because = append(because, v.because...)
	if len(s.Also) > 0 {
		v.because = append(v.because, "so does "+join(s.Also))
	}
}

func join(list []string) string {
	const most = 8
	out := ""
	for i, s := range list {
		if i == most {
			return out + " and " + words.Count(len(list)-most) + " more ways"
		}
		if i > 0 {
			out += ", "
		}
		out += s
	}
	return out
}
