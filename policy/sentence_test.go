package policy

import "testing"

// TestSentenceOfAbsence: what must not be there is not asked for (SYM-06, SYM-10).
func TestSentenceOfAbsence(t *testing.T) {
	for _, c := range []struct{ key, absent, present string }{
		{"sts:ExternalId", "no external ID given", "sts:ExternalId is present"},
		{"sts:RoleSessionName", "sts:RoleSessionName is absent", "sts:RoleSessionName is present"},
		{"sts:SourceIdentity", "no source identity set", "sts:SourceIdentity is present"},
		{"aws:SourceIp", "aws:SourceIp is absent", "aws:SourceIp is present"},
		{"aws:SourceVpce", "not through a VPC endpoint", "aws:SourceVpce is present"},
		{"aws:SourceVpc", "not from a VPC through an endpoint", "aws:SourceVpc is present"},
		{"aws:SecureTransport", "aws:SecureTransport is absent", "aws:SecureTransport is present"},
		{"aws:MultiFactorAuthPresent", "credentials that say nothing of MFA, such as long-term keys", "aws:MultiFactorAuthPresent is present"},
		{"kms:ViaService", "kms:ViaService is absent", "kms:ViaService is present"},
		{"aws:PrincipalTag/team", "aws:PrincipalTag/team is absent", "aws:PrincipalTag/team is present"},
	} {
		a := Atom{Key: c.key, Operator: "Null"}
		if got := a.Sentence(); got != c.absent {
			t.Errorf("Null %s=true: %q, want %q", c.key, got, c.absent)
		}
		if a.Negated = true; a.Sentence() != c.present {
			t.Errorf("Null %s=false: %q, want %q", c.key, a.Sentence(), c.present)
		}
	}
}
