package ingest

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"accesspath/iam"
)

// Real states of the wild: every one is read, and what cannot be placed says so.
func TestTerraformRealStates(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(realData(t, "terraform-state"), "*.tfstate"))
	if err != nil || len(files) == 0 {
		t.Skip("no states")
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(f), func(t *testing.T) {
			if _, err := Read(context.Background(), texts(f, string(b)), Options{}); err != nil && !strings.Contains(err.Error(), "nothing says in which account it is; it is not used; put the account beside it") && !strings.Contains(err.Error(), "aws_kms_alias") {
				t.Error(err)
			}
			s, err := Read(context.Background(), texts(f, strings.Replace(string(b), "{", `{"AccountId": "929327065333",`, 1)), Options{})
			if filepath.Base(f) == "aws_kms_alias.tfstate" { // holds nothing that is read
				if err == nil || !strings.Contains(err.Error(), "aws_kms_alias") {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range s.Diagnostics {
				if d.Severity == iam.Error {
					t.Error(d)
				}
			}
			if len(s.Accounts)+len(s.Resources)+len(s.Diagnostics) == 0 {
				t.Error("nothing was read, and nothing is said about it")
			}
		})
	}
}

// planOf makes a plan of resource changes and planned values: each resource is
// written as `address|actions|before|after|after_unknown`, JSON but for the
// address and the actions.
func planOf(configuration string, resources ...string) string {
	var planned, changes []string
	for _, line := range resources {
		f := strings.Split(line, "|")
		for len(f) < 5 {
			f = append(f, "null")
		}
		local := f[0]
		module := ""
		if i := strings.LastIndex(local, "module."); i >= 0 {
			rest := local[i+len("module."):]
			name, r, _ := strings.Cut(rest, ".")
			module, local = local[:i]+"module."+name, r
		}
		typ, name, _ := strings.Cut(strings.TrimPrefix(local, "data."), ".")
		mode := "managed"
		if strings.HasPrefix(local, "data.") {
			mode = "data"
		}
		head := `"address":"` + f[0] + `","mode":"` + mode + `","type":"` + typ + `","name":"` + name + `","provider_name":"registry.terraform.io/hashicorp/aws"`
		if f[3] != "null" && module == "" {
			planned = append(planned, `{`+head+`,"values":`+f[3]+`}`)
		}
		changes = append(changes, `{`+head+`,"module_address":"`+module+`","change":{"actions":[`+f[1]+`],"before":`+f[2]+`,"after":`+f[3]+`,"after_unknown":`+f[4]+`}}`)
	}
	if configuration == "" {
		configuration = `{}`
	}
	return `{"format_version":"1.2","terraform_version":"1.9.5","planned_values":{"root_module":{"resources":[` + strings.Join(planned, ",") +
		`]}},"resource_changes":[` + strings.Join(changes, ",") + `],"configuration":` + configuration + `}`
}

const shop = "arn:aws:iam::111122223333:"

// What a plan deletes is gone from the export, what it changes is changed, and
// what it does not speak of stays.
func TestTerraformPlanOverExport(t *testing.T) {
	export, err := os.ReadFile("testdata/terraform/account.gaad.json")
	if err != nil {
		t.Fatal(err)
	}
	deny := `{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}]}`
	plan := planOf("",
		`aws_iam_role.fn|"delete"|{"arn":"`+shop+`role/fn","name":"fn","path":"/"}|null`,
		`aws_iam_policy.edge|"delete"|{"arn":"`+shop+`policy/edge","name":"edge","path":"/"}|null`,
		`aws_iam_role_policy.start|"delete"|{"name":"start-reader","role":"deployer","policy":"{}"}|null`,
		`aws_iam_role_policy.become|"update"|{"name":"become-reader","role":"app","policy":"{}"}|{"name":"become-reader","role":"app","policy":"`+deny+`"}|{}`,
		`aws_iam_role_policy_attachment.read|"delete","create"|{"role":"reader","policy_arn":"`+shop+`policy/data-read"}|{"role":"reader","policy_arn":"arn:aws:iam::aws:policy/SecurityAudit"}|{}`,
		`aws_iam_user_group_membership.alice|"update"|{"user":"alice","groups":["devs"]}|{"user":"alice","groups":["ops"]}|{}`,
		`aws_iam_group.ops|"create"|null|{"name":"ops","path":"/"}|{"arn":true,"id":true}`,
		`aws_iam_user.carol|"create"|null|{"name":"carol","path":"/"}|{"arn":true,"id":true}`,
	)
	s := load(t, "account.json", string(export), "plan.json", plan)
	got := facts(s)
	for _, want := range []string{
		"user " + shop + "user/carol name=carol path=/ account=111122223333 partial=false",
		shop + "user/team/alice in " + shop + "group/ops",
		shop + "role/reader attached arn:aws:iam::aws:policy/SecurityAudit resolved=false",
		shop + "role/reader attached arn:aws:iam::aws:policy/ReadOnlyAccess resolved=false", // nobody speaks of it
		shop + `role/app inline become-reader {"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}`,
	} {
		if !slices.Contains(got, want) {
			t.Errorf("not here: %s", want)
		}
	}
	for _, line := range got {
		for _, gone := range []string{"role/fn", "policy/edge name", "policy " + shop + "policy/edge", "start-reader", "alice in " + shop + "group/devs", "reader attached " + shop} {
			if strings.Contains(line, gone) {
				t.Errorf("still here: %s", line)
			}
		}
	}
	if a := only(t, s); a.Incomplete {
		t.Error("an exported account is whole, whatever is laid over it")
	}
}

// A replaced role comes with what the plan gives it, and nothing of the old one.
func TestTerraformReplace(t *testing.T) {
	export, err := os.ReadFile("testdata/terraform/account.gaad.json")
	if err != nil {
		t.Fatal(err)
	}
	old := `{"arn":"` + shop + `role/reader","name":"reader","path":"/"}`
	plan := planOf("", `aws_iam_role.reader|"delete","create"|`+old+`|{"name":"reader","path":"/","assume_role_policy":"{\"Statement\":[]}"}|{"arn":true}`)
	s := load(t, "account.json", string(export), "plan.json", plan)
	i := slices.IndexFunc(only(t, s).Roles, func(r *iam.Role) bool { return r.Name == "reader" })
	if r := only(t, s).Roles[i]; len(r.Attached) != 0 || r.UniqueID != "" || r.Boundary != nil {
		t.Errorf("it kept %d attachments, id %q, boundary %v", len(r.Attached), r.UniqueID, r.Boundary)
	}
}

// Exclusive lists take away what they do not name.
func TestTerraformExclusive(t *testing.T) {
	export, err := os.ReadFile("testdata/terraform/account.gaad.json")
	if err != nil {
		t.Fatal(err)
	}
	const id = `|"create"|null|`
	for _, test := range []struct{ name, resource, configuration, gone, stays string }{
		{"policies", `aws_iam_role_policies_exclusive.app` + id + `{"role_name":"app","policy_names":[]}|{}`, "", "app inline", "fn inline"},
		{"attachments", `aws_iam_role_policy_attachments_exclusive.r` + id + `{"role_name":"reader","policy_arns":["` + shop + `policy/data-read"]}|{}`, "", "reader attached arn:aws:iam::aws", "reader attached " + shop},
		{"everywhere", `aws_iam_policy_attachment.r` + id + `{"policy_arn":"` + shop + `policy/data-read","roles":["fn"],"users":[],"groups":[]}|{}`, "", "github attached", "fn attached " + shop},
		{"members", `aws_iam_group_membership.d` + id + `{"name":"m","group":"devs","users":[]}|{}`, "", "alice in", "group/devs name"},
		{"blocks", `aws_iam_role.app|"update"|null|{"arn":"` + shop + `role/app","name":"app","path":"/","assume_role_policy":"{\"Statement\":[]}","inline_policy":[],"managed_policy_arns":["arn:aws:iam::aws:policy/X"]}|{}`,
			`{"root_module":{"resources":[{"address":"aws_iam_role.app","provider_config_key":"aws","expressions":{"inline_policy":[],"managed_policy_arns":{"constant_value":[]}}}]}}`, "app inline", "app attached arn:aws:iam::aws:policy/X"},
		{"seen in passing", `aws_iam_role.app|"no-op"|null|{"arn":"` + shop + `role/app","name":"app","path":"/","assume_role_policy":"{\"Statement\":[]}","inline_policy":[],"managed_policy_arns":[]}|{}`, "", "nothing", "app inline"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := load(t, "account.json", string(export), "plan.json", planOf(test.configuration, test.resource, `data.aws_caller_identity.c|"no-op"|null|{"account_id":"111122223333"}|{}`))
			got := strings.Join(facts(s), "\n")
			if strings.Contains(got, test.gone) || !strings.Contains(got, test.stays) {
				t.Errorf("want no %q and some %q:\n%s\n%s", test.gone, test.stays, got, diagnosticLines(s))
			}
		})
	}
}

// Unknown values are unknown and listed, whatever they are values of.
func TestTerraformUnknown(t *testing.T) {
	const caller = `data.aws_caller_identity.c|"no-op"|null|{"account_id":"111122223333"}|{}`
	const role = `aws_iam_role.r|"create"|null|{"name":"r","path":"/"}|{"arn":true,"assume_role_policy":true}`
	config := func(address, expressions string) string {
		return `{"root_module":{"resources":[{"address":"` + address + `","provider_config_key":"aws","expressions":` + expressions + `}]}}`
	}
	for _, test := range []struct {
		name, configuration string
		resources           []string
		fact, diagnostic    string
	}{
		{"trust policy", config("aws_iam_role.r", `{"assume_role_policy":{"references":["aws_iam_role.other.arn","aws_iam_role.other"]}}`), []string{role},
			"r trust unknown", "trust policy hangs on aws_iam_role.r.assume_role_policy, known after apply (refers to aws_iam_role.other.arn, aws_iam_role.other) and counts as unknown"},
		{"inline policy", "", []string{role, `aws_iam_role_policy.p|"create"|null|{"name":"p","role":"r"}|{"policy":true}`},
			"r inline p unknown", "p hangs on aws_iam_role_policy.p.policy, known after apply and counts as unknown"},
		{"attached policy", "", []string{role, `aws_iam_role_policy_attachment.a|"create"|null|{"role":"r"}|{"policy_arn":true}`},
			"r attached unknown:aws_iam_role_policy_attachment.a.policy_arn, known after apply resolved=false", "the policy that it attaches is not known"},
		{"for whom", "", []string{role, `aws_iam_role_policy_attachment.a|"create"|null|{"policy_arn":"arn:aws:iam::aws:policy/X"}|{"role":true}`},
			"r attached unknown:aws_iam_role_policy_attachment.a.role, known after apply resolved=false", "each of the 1 in this file may have more policies than are shown"},
		{"boundary", "", []string{`aws_iam_role.r|"create"|null|{"name":"r","path":"/","assume_role_policy":"{\"Statement\":[]}"}|{"arn":true,"permissions_boundary":true}`},
			"r boundary unknown:aws_iam_role.r.permissions_boundary, known after apply resolved=false", "its permissions boundary is not known"},
		{"name", "", []string{`aws_iam_role.r|"create"|null|{"name_prefix":"r-","path":"/","assume_role_policy":"{\"Statement\":[]}"}|{"arn":true,"name":true}`},
			"role " + shop + "role/(aws_iam_role.r) name=(aws_iam_role.r) path=/ account=111122223333 partial=false", "it stands under the name (aws_iam_role.r), which no policy can mean"},
		{"two references", config("aws_iam_role_policy_attachment.a", `{"policy_arn":{"references":["aws_iam_policy.x.arn","aws_iam_policy.x","var.y"]}}`),
			[]string{role, `aws_iam_policy.x|"create"|null|{"name":"x","path":"/","policy":"{\"Statement\":[]}"}|{"arn":true}`, `aws_iam_role_policy_attachment.a|"create"|null|{"role":"r"}|{"policy_arn":true}`},
			"r attached unknown:", "the policy that it attaches is not known"},
		{"groups", "", []string{`aws_iam_user.u|"create"|null|{"name":"u","path":"/"}|{"arn":true}`, `aws_iam_user_group_membership.m|"create"|null|{"user":"u"}|{"groups":true}`},
			"u attached unknown:", "some groups of the user are not known"},
		{"instance", "", []string{`aws_instance.i|"create"|null|{"iam_instance_profile":"p","region":"eu-west-1"}|{"arn":true,"id":true}`},
			"compute arn:aws:ec2:eu-west-1:111122223333:instance/(aws_instance.i)", "its ARN is not known before apply"},
		{"key", "", []string{`aws_kms_key.k|"create"|null|{"policy":"{\"Statement\":[]}"}|{"arn":true,"key_id":true}`, role},
			"", "its ARN is not known (aws_kms_key.k.arn, known after apply), so the resource is not in the snapshot"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := load(t, "plan.json", planOf(test.configuration, append(test.resources, caller)...))
			if got := strings.Join(facts(s), "\n"); !strings.Contains(got, test.fact) {
				t.Errorf("want a fact %q in\n%s", test.fact, got)
			}
			if !slices.ContainsFunc(find(s, "unknown-value"), func(d iam.Diagnostic) bool { return strings.Contains(d.Message, test.diagnostic) && d.Hint != "" }) {
				t.Errorf("want %q in\n%s", test.diagnostic, diagnosticLines(s))
			}
		})
	}
}

// An ARN that is known only after apply follows from account, path and name,
// also through modules and with for_each.
func TestTerraformFollowsReferences(t *testing.T) {
	const policy = `|"create"|null|{"name":"p","path":"/x/","policy":"{\"Statement\":[]}"}|{"arn":true,"id":true}`
	const caller = `data.aws_caller_identity.c|"no-op"|null|{"account_id":"111122223333"}|{}`
	const role = `aws_iam_role.r|"create"|null|{"name":"r","path":"/","assume_role_policy":"{\"Statement\":[]}"}|{"arn":true}`
	attach := func(address string) string { return address + `|"create"|null|{"role":"r"}|{"policy_arn":true}` }
	resource := func(address, refs string) string {
		return `{"address":"` + address + `","provider_config_key":"aws","expressions":{"policy_arn":{"references":[` + refs + `]}}}`
	}
	for _, test := range []struct {
		name, configuration string
		resources           []string
	}{
		{"attribute", `{"root_module":{"resources":[` + resource("aws_iam_role_policy_attachment.a", `"aws_iam_policy.p.arn","aws_iam_policy.p"`) + `]}}`,
			[]string{"aws_iam_policy.p" + policy, attach("aws_iam_role_policy_attachment.a")}},
		{"id of a policy", `{"root_module":{"resources":[` + resource("aws_iam_role_policy_attachment.a", `"aws_iam_policy.p.id","aws_iam_policy.p"`) + `]}}`,
			[]string{"aws_iam_policy.p" + policy, attach("aws_iam_role_policy_attachment.a")}},
		{"output of a module", `{"root_module":{"resources":[` + resource("aws_iam_role_policy_attachment.a", `"module.m.arn","module.m"`) + `],"module_calls":{"m":{"module":{"outputs":{"arn":{"expression":{"references":["aws_iam_policy.p.arn","aws_iam_policy.p"]}}},"resources":[]}}}}}`,
			[]string{"module.m.aws_iam_policy.p" + policy, attach("aws_iam_role_policy_attachment.a")}},
		{"variable of a module", `{"root_module":{"resources":[],"module_calls":{"m":{"expressions":{"arn":{"references":["aws_iam_policy.p.arn","aws_iam_policy.p"]}},"module":{"resources":[` + resource("aws_iam_role_policy_attachment.a", `"var.arn"`) + `]}}}}}`,
			[]string{"aws_iam_policy.p" + policy, attach("module.m.aws_iam_role_policy_attachment.a")}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := load(t, "plan.json", planOf(test.configuration, append(test.resources, role, caller)...))
			if got := strings.Join(facts(s), "\n"); !strings.Contains(got, shop+"role/r attached "+shop+"policy/x/p resolved=true") {
				t.Errorf("not followed:\n%s\n%s", got, diagnosticLines(s))
			}
			if len(find(s, "reference-followed")) != 1 {
				t.Error("what was followed is not said")
			}
		})
	}
}

// The account comes from the file, from beside it or from the other inputs.
func TestTerraformAccount(t *testing.T) {
	plan := planOf("", `aws_iam_role.r|"create"|null|{"name":"r","path":"/","assume_role_policy":"{\"Statement\":[]}"}|{"arn":true}`)
	t.Run("beside", func(t *testing.T) {
		s := load(t, "plan.json", strings.Replace(plan, "{", `{"AccountId":"111122223333",`, 1))
		if r := only(t, s).Roles; len(r) != 1 || r[0].ARN != shop+"role/r" {
			t.Errorf("%+v", s.Diagnostics)
		}
	})
	t.Run("of the other inputs", func(t *testing.T) {
		s := load(t, "plan.json", plan, "caller.json", `{"UserId":"A","Account":"111122223333","Arn":"`+shop+`user/u"}`)
		if len(only(t, s).Roles) != 1 || len(find(s, "account-assumed")) != 1 {
			t.Errorf("%+v", s.Diagnostics)
		}
	})
	t.Run("of the provider", func(t *testing.T) {
		config := `{"provider_config":{"aws":{"name":"aws","expressions":{"assume_role":[{"role_arn":{"constant_value":"` + shop + `role/terraform"}}]}}},"root_module":{"resources":[{"address":"aws_iam_role.r","provider_config_key":"aws"}]}}`
		s := load(t, "plan.json", planOf(config, `aws_iam_role.r|"create"|null|{"name":"r","path":"/","assume_role_policy":"{\"Statement\":[]}"}|{"arn":true}`))
		if r := only(t, s).Roles; len(r) != 1 {
			t.Errorf("%+v", s.Diagnostics)
		}
	})
	t.Run("nowhere", func(t *testing.T) {
		if err := readError(t, "plan.json", plan); err == nil || !strings.Contains(err.Error(), "(aws_iam_role.r): error: nothing says in which account it is; it is not used") {
			t.Error(err)
		}
	})
}

// Bad input costs the least, and says what to do.
func TestTerraformBad(t *testing.T) {
	role := func(name string) string {
		return `{"address":"aws_iam_role.` + name + `","mode":"managed","type":"aws_iam_role","name":"` + name + `","values":{"arn":"` + shop + `role/` + name + `","name":"` + name + `","path":"/","assume_role_policy":"{\"Statement\":[]}"}}`
	}
	t.Run("cyclic modules", func(t *testing.T) {
		inner := strings.ReplaceAll(role("in"), `"address":"`, `"address":"module.a.`)
		s := load(t, "s.json", `{"format_version":"1.0","terraform_version":"1.5.0","values":{"root_module":{"resources":[`+role("out")+
			`],"child_modules":[{"address":"module.a","resources":[`+inner+`],"child_modules":[{"address":"module.a","resources":[`+inner+`]}]}]}}}`)
		if d := find(s, "module-cycle"); len(d) != 1 || d[0].Severity != iam.Error || d[0].Entity != "module.a" {
			t.Errorf("%+v", s.Diagnostics)
		}
		if len(only(t, s).Roles) != 2 {
			t.Error("what is outside the circle, or in it, is lost")
		}
	})
	t.Run("cyclic references", func(t *testing.T) {
		config := `{"root_module":{"resources":[{"address":"aws_iam_role_policy_attachment.a","expressions":{"policy_arn":{"references":["module.m.arn","module.m"]}}}],
			"module_calls":{"m":{"expressions":{"x":{"references":["module.m.arn","module.m"]}},"module":{"outputs":{"arn":{"expression":{"references":["var.x"]}}}}}}}}`
		s := load(t, "p.json", planOf(config, `aws_iam_role.r|"create"|null|{"arn":"`+shop+`role/r","name":"r","path":"/","assume_role_policy":"{\"Statement\":[]}"}|{}`,
			`aws_iam_role_policy_attachment.a|"create"|null|{"role":"r"}|{"policy_arn":true}`))
		if len(find(s, "module-cycle")) != 1 || len(only(t, s).Roles[0].Attached) != 1 {
			t.Errorf("%+v", s.Diagnostics)
		}
	})
	for _, test := range []struct{ name, text, want string }{
		{"another provider", `{"format_version":"1.2","terraform_version":"1.9.5","planned_values":{"root_module":{"resources":[{"address":"google_project.p","mode":"managed","type":"google_project","name":"p","provider_name":"registry.terraform.io/hashicorp/google","values":{}}]}}}`,
			"nothing of the provider aws: its resources are of registry.terraform.io/hashicorp/google"},
		{"no resources", `{"format_version":"1.2","terraform_version":"1.9.5","planned_values":{"root_module":{}}}`, "nothing of the provider aws: it has no resources"},
		{"empty state", `{"format_version":"1.0","terraform_version":"1.9.5"}`, "an empty state"},
		{"another format", `{"format_version":"2.0","terraform_version":"9","values":{}}`, `its format_version is "2.0"`},
		{"old state", `{"version":3,"terraform_version":"0.11.0","serial":1,"lineage":"x","modules":[{"path":["root"]}]}`, "before 0.12"},
		{"log", `{"@level":"info","@message":"Terraform 1.9.5","@module":"terraform.ui","type":"version"}` + "\n" + `{"@level":"info","@module":"terraform.ui","type":"planned_change"}`, "the log of terraform plan -json"},
		{"saved plan", "PK\x03\x04rest", "a saved plan of Terraform"},
		{"configuration", "resource \"aws_iam_role\" \"r\" {\n}\n", "the configuration of Terraform"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if err := readError(t, "f", test.text); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
	t.Run("mixed", func(t *testing.T) {
		s := load(t, "s.json", `{"format_version":"1.0","terraform_version":"1.5.0","values":{"root_module":{"resources":[`+role("r")+
			`,{"address":"google_project.p","mode":"managed","type":"google_project","name":"p","values":{}},`+role("r")+`,{"address":"aws_iam_role.x","mode":"managed","type":"aws_iam_role","name":"x"}]}}}`)
		for _, code := range []string{"not-used", "duplicate-address", "invalid-entity"} {
			if len(find(s, code)) != 1 {
				t.Errorf("no %s: %+v", code, s.Diagnostics)
			}
		}
		if len(only(t, s).Roles) != 1 {
			t.Error("the good role is lost")
		}
	})
}

// What is laid over an export is said: a plan's changes as notes, where a state
// and an export differ as a warning, what finds no carrier as a warning.
func TestTerraformSays(t *testing.T) {
	export, err := os.ReadFile("testdata/terraform/account.gaad.json")
	if err != nil {
		t.Fatal(err)
	}
	role := func(trust string) string {
		return `{"arn":"` + shop + `role/fn","name":"fn","path":"/","assume_role_policy":"` + trust + `","tags_all":{}}`
	}
	state := func(resources string) string {
		return `{"version":4,"terraform_version":"1.9.5","lineage":"x","resources":[` + resources + `]}`
	}
	instance := func(typ, attributes, more string) string {
		return `{"mode":"managed","type":"` + typ + `","name":"x","provider":"provider[\"registry.terraform.io/hashicorp/aws\"]","instances":[{` + more + `"attributes":` + attributes + `}]}`
	}
	const attachment = `{"role":"fn","policy_arn":"` + shop + `policy/data-read"}`
	for _, test := range []struct{ name, file, code, want string }{
		{"trust of a plan", planOf("", `aws_iam_role.fn|"update"|`+role("{}")+`|`+role(`{\"Statement\":[]}`)+`|{}`), "planned-change", "changes its trust policy, as account.json:"},
		{"attachment of a plan", planOf("", `aws_iam_role_policy_attachment.a|"create"|null|`+attachment+`|{}`), "planned-change", "gives it the policy " + shop + "policy/data-read"},
		{"deletion of a plan", planOf("", `aws_iam_role_policy.a|"delete"|{"role":"fn","name":"logs","policy":"{}"}|null`, `data.aws_caller_identity.c|"no-op"|null|{"account_id":"111122223333"}|{}`), "planned-change", `takes from it the inline policy "logs"`},
		{"deletion that is not applied", planOf("", `aws_ssoadmin_account_assignment.a|"delete"|{"target_id":"111122223333"}|null`), "not-used", "of this type that is not taken from what lower inputs say"},
		{"trust of a state", state(instance("aws_iam_role", role(`{\"Statement\":[]}`), "")), "conflict", "says something else of its trust policy and is used: it is laid over exports"},
		{"attachment of a state", state(instance("aws_iam_role_policy_attachment", attachment, "")), "conflict", "which the export has otherwise"},
		{"no carrier", state(instance("aws_iam_role_policy_attachment", `{"role":"nobody","policy_arn":"`+shop+`policy/data-read"}`, "")), "unknown-carrier", `no input lists the role "nobody" of account 111122223333`},
		{"deposed", state(instance("aws_iam_role", role("{}"), `"deposed":"0123",`) + "," + instance("aws_iam_group", `{"arn":"`+shop+`group/devs","name":"devs","path":"/"}`, "")), "terraform-deposed", "a deposed object"},
		{"deep modules", `{"format_version":"1.0","terraform_version":"1","values":{"root_module":{"resources":[{"address":"aws_iam_group.g","mode":"managed","type":"aws_iam_group","name":"g","values":{"arn":"` + shop + `group/g","name":"g"}}],` +
			strings.Repeat(`"child_modules":[{"address":"","resources":[],`, 70) + `"child_modules":[]` + strings.Repeat(`}]`, 70) + `}}}`, "module-depth", "more than 64 modules"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := load(t, "account.json", string(export), "declared.json", test.file)
			if !slices.ContainsFunc(find(s, test.code), func(d iam.Diagnostic) bool { return strings.Contains(d.Message, test.want) }) {
				t.Errorf("no %s %q in\n%s", test.code, test.want, diagnosticLines(s))
			}
		})
	}
}
