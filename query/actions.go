package query

import (
	"fmt"
	"slices"
	"strings"

	"accesspath/policy/catalog"
)

// AccessLevels are the named sets of actions (QRY-10): the access levels of
// AWS's Service Authorization Reference. What tags something or manages
// permissions writes, too.
func AccessLevels() []string {
	return []string{"list", "read", "write", "tagging", "permissions-management"}
}

// adminSet names every action there is (QRY-10): all of them together.
const adminSet = "admin"

// actions expands a named set or a pattern, and checks a name against the
// catalogue.
func (q *question) actions(action, level string) ([]string, error) {
	lower := strings.ToLower(action)
	switch {
	case lower == adminSet && level == "":
		q.allActions = true
		return catalog.Expand("*"), nil
	case slices.Contains(AccessLevels(), lower) && level == "":
		return ofLevel(catalog.Expand("*"), lower), nil
	case level == "":
		return q.expand(action)
	case !slices.Contains(AccessLevels(), level):
		return nil, &QuestionError{Message: fmt.Sprintf("unknown access level %q", level), Hint: "use one of " + strings.Join(AccessLevels(), ", ")}
	}
	list, err := q.expand(action)
	if err != nil {
		return nil, err
	}
	if list = ofLevel(list, level); len(list) == 0 {
		return nil, &QuestionError{Message: fmt.Sprintf("none of the actions that %q matches has the access level %s", action, level), Hint: "give a pattern of actions, such as s3:*"}
	}
	return list, nil
}

// ofLevel keeps the actions of an access level.
func ofLevel(actions []string, level string) []string {
	want := strings.ReplaceAll(level, "-", " ")
	var out []string
	for _, a := range actions {
		service, name, _ := strings.Cut(a, ":")
		if info, ok := catalog.Action(service, name); ok && slices.ContainsFunc(strings.Split(info.Access, ","), func(l string) bool { return strings.EqualFold(strings.TrimSpace(l), want) }) {
			out = append(out, a)
		}
	}
	return out
}

// strangeInAction: blanks, commas and other characters that no action has. Taken
// literally, an action with one matches nothing but wildcards (ACTM-04).
func strangeInAction(r rune) bool {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9':
		return false
	}
	return !strings.ContainsRune(":-_*?.", r)
}

// expand expands an action pattern (QRY-16), and checks a name.
func (q *question) expand(action string) ([]string, error) {
	service, name, ok := strings.Cut(action, ":")
	if action == "*" {
		service, name, ok = "*", "*", true
	}
	if !ok || service == "" || name == "" || strings.ContainsFunc(action, strangeInAction) {
		return nil, &QuestionError{Message: fmt.Sprintf("action %q is not of the form service:Action", action),
			Hint: "such as s3:GetObject, s3:* for all of a service, or a set: " + strings.Join(AccessLevels(), ", ") + ", " + adminSet}
	}
	if strings.ContainsAny(action, "*?") {
		list := catalog.Expand(action)
		if len(list) == 0 {
			return nil, &QuestionError{Message: fmt.Sprintf("no known action matches %q", action), Hint: suggestion(action)}
		}
		return list, nil
	}
	if info, ok := catalog.Action(service, name); ok {
		return []string{info.String()}, nil
	}
	if _, known := catalog.ServiceName(strings.ToLower(service)); known {
		return nil, &QuestionError{Message: fmt.Sprintf("there is no action %q in the service catalogue of %s", action, catalog.DataDate), Hint: suggestion(action)}
	}
	q.note("unknown-service", fmt.Sprintf("the service %q is not in the catalogue; the action is taken literally; %s", service, suggestion(action)))
	return []string{action}, nil
}
