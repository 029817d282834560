package iam

// An Export says what an input held that was the export of one account and nothing
// else. With the account as it was merged it tells what the input says, which need
// not be read again as long as its bytes are the same.
type Export struct {
	Source     string // its name
	Engine     string // the program that read it, if it says so: another may read it otherwise
	Account    string
	Pages      []ExportPage
	Boundaries bool // some user or role shows a permissions boundary (GAAD-13)

	// How many it lists: policies without those of AWS, which Shared has.
	Users, Groups, Roles, Policies, Profiles int

	Shared      []*ManagedPolicy // AWS managed policies, which exports of other accounts list as well
	Diagnostics []Diagnostic     // of reading it
}

// An ExportPage is one page of GetAccountAuthorizationDetails.
type ExportPage struct {
	Lists     []string // names of the lists that it has
	Truncated bool     // more pages follow (GAAD-07)
}
