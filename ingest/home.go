package ingest

import (
	"path/filepath"
	"slices"

	"accesspath/iam"
	"accesspath/ingest/internal/part"
)

// hintAccount is the next step where an output does not say its account.
const hintAccount = `put the account beside it: jq '. + {AccountId: "111122223333"}', or keep the output of aws sts get-caller-identity in the same directory`

// homes says which account the facts of a file belong to where they do not
// name one (IN-28, NAT-02).
type homes struct {
	byFile map[*part.Part]string
	only   string
}

// home asks, in turn: who made the outputs of the file, what the file is about,
// who made the outputs of the directory, what the directory is about, and which
// account there is at all. Each counts only if it is a single one.
func (b *builder) home(p *part.Part) string {
	if b.homes == nil {
		b.homes = b.settle()
	}
	if id := b.homes.byFile[p]; id != "" || len(p.Callers) > 1 {
		return id
	}
	return b.homes.only
}

func (b *builder) settle() *homes {
	h := &homes{byFile: map[*part.Part]string{}}
	callers, about := map[string]*single{}, map[string]*single{}
	var caller, any single
	for _, p := range b.parts {
		dir := filepath.Dir(p.Source.Name)
		if callers[dir] == nil {
			callers[dir], about[dir] = &single{}, &single{}
		}
		callers[dir].addAll(p.Callers)
		caller.addAll(p.Callers)
		for _, id := range aboutFile(p).all {
			about[dir].add(id)
			any.add(id)
		}
	}
	if h.only = caller.id(); len(caller.all) == 0 {
		h.only = any.id()
	}
	for _, p := range b.parts {
		dir := filepath.Dir(p.Source.Name)
		if len(p.Callers) > 1 { // outputs of several accounts in one file: each could be of any
			continue
		}
		for _, s := range []*single{{all: p.Callers}, aboutFile(p), callers[dir], about[dir]} {
			if id := s.id(); id != "" {
				h.byFile[p] = id
				break
			}
		}
	}
	return h
}

// aboutFile collects the accounts that the entities of a file belong to.
func aboutFile(p *part.Part) *single {
	s := &single{}
	for _, u := range p.Users {
		s.add(u.Account)
	}
	for _, g := range p.Groups {
		s.add(g.Account)
	}
	for _, r := range p.Roles {
		s.add(r.Account)
	}
	for _, page := range p.Pages {
		for _, id := range page.Accounts {
			s.add(id)
		}
	}
	for _, a := range p.Accounts {
		s.add(a.ID)
	}
	for _, c := range p.Credentials {
		s.add(c.Account)
	}
	for _, r := range p.Resources {
		s.add(r.Account)
	}
	return s
}

// single collects names; there is an answer if there is one name only.
type single struct{ all []string }

func (s *single) add(id string) {
	if id != "" && len(s.all) < 2 && !slices.Contains(s.all, id) {
		s.all = append(s.all, id)
	}
}

func (s *single) addAll(ids []string) {
	for _, id := range ids {
		s.add(id)
	}
}

func (s *single) id() string {
	if len(s.all) == 1 {
		return s.all[0]
	}
	return ""
}

// homeless reports an output that belongs to some account that nothing names.
func (b *builder) homeless(command string, place iam.Origin) {
	b.report(iam.Diagnostic{Severity: iam.Warning, Code: "account-unknown", Origin: place,
		Message: "the output of aws " + command + " does not say which account it is of; it is not used", Hint: hintAccount})
}
