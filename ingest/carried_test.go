package ingest

import (
	"slices"
	"testing"

	"accesspath/iam"
)

// An instance holds the role of its instance profile, whatever order the outputs
// come in and whatever an earlier snapshot says (SVC-03, SVC-09).
func TestSVC03RoleOfTheProfile(t *testing.T) {
	const instances = `{"Reservations":[{"OwnerId":"111111111111","Instances":[{"InstanceId":"i-1","IamInstanceProfile":{"Arn":"arn:aws:iam::111111111111:instance-profile/p"},"Placement":{"AvailabilityZone":"eu-west-1a"}}]}]}`
	export := func(role string) string {
		arn := "arn:aws:iam::111111111111:role/" + role
		return `{"RoleDetailList":[{"RoleName":"` + role + `","Arn":"` + arn + `","InstanceProfileList":[{"InstanceProfileName":"p","Arn":"arn:aws:iam::111111111111:instance-profile/p","Roles":[{"Arn":"` + arn + `"}]}]}]}`
	}
	const template = `{"LaunchTemplateVersions":[{"LaunchTemplateId":"lt-1","LaunchTemplateName":"web","VersionNumber":1,"CreatedBy":"arn:aws:iam::111111111111:user/u","LaunchTemplateData":{"IamInstanceProfile":{"Name":"p"}}}],"Region":"eu-west-1"}`
	const earlier = `{"schema":"accesspath.snapshot/1","accounts":[{"id":"111111111111","compute":[{"arn":"arn:aws:ec2:eu-west-1:111111111111:instance/i-1","kind":"ec2:instance","service":"ec2.amazonaws.com","roles":["arn:aws:iam::111111111111:role/old"],"instanceProfile":"arn:aws:iam::111111111111:instance-profile/p"}]}]}`
	for _, test := range []struct {
		name  string
		files []string
		want  []string
	}{
		{"instances first", []string{"a.json", instances, "b.json", export("r")}, []string{"arn:aws:iam::111111111111:role/r"}},
		{"export first", []string{"a.json", export("r"), "b.json", instances}, []string{"arn:aws:iam::111111111111:role/r"}},
		{"launch template, by name", []string{"a.json", export("r"), "b.json", template}, []string{"arn:aws:iam::111111111111:role/r"}},
		{"another role since", []string{"a.json", earlier, "b.json", export("r")}, []string{"arn:aws:iam::111111111111:role/r"}},
		{"profile unknown", []string{"a.json", earlier}, []string{"arn:aws:iam::111111111111:role/old"}},
		{"profile never known", []string{"a.json", instances}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := load(t, test.files...)
			if got := only(t, s).Compute[0].Roles; !slices.Equal(got, test.want) {
				t.Errorf("roles %v, want %v\n%s", got, test.want, diagnosticLines(s))
			}
		})
	}
}

// Where the metadata service is off no version of it answers (SVC-04).
func TestSVC04MetadataOfTemplates(t *testing.T) {
	for options, want := range map[string]iam.State{
		"{HttpTokens: optional}":                         iam.Present,
		"{HttpTokens: required}":                         iam.KnownEmpty,
		"{HttpTokens: optional, HttpEndpoint: disabled}": iam.KnownEmpty,
		"{}": iam.Unknown,
	} {
		s := load(t, "t.yaml", stack("Resources:\n  L: {Type: \"AWS::EC2::LaunchTemplate\", Properties: {LaunchTemplateData: {IamInstanceProfile: {Name: p}, MetadataOptions: "+options+"}}}\n"))
		if got := only(t, s).Compute[0].IMDSv1; got != want {
			t.Errorf("%s: %v, want %v", options, got, want)
		}
	}
}
