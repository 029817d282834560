package iam

import (
	"cmp"
	"slices"
)

// sortFacts puts the lists that GAAD lacks in their order.
func (a *Account) sortFacts() {
	slices.SortFunc(a.OIDC, func(x, y *OIDCProvider) int { return cmp.Compare(x.ARN, y.ARN) })
	slices.SortFunc(a.SAML, func(x, y *SAMLProvider) int { return cmp.Compare(x.ARN, y.ARN) })
	slices.SortFunc(a.Anchors, func(x, y *TrustAnchor) int { return cmp.Compare(x.ARN, y.ARN) })
	slices.SortFunc(a.Profiles, func(x, y *AnywhereProfile) int { return cmp.Compare(x.ARN, y.ARN) })
	slices.SortFunc(a.Pools, func(x, y *IdentityPool) int { return cmp.Compare(x.ID, y.ID) })
	slices.SortFunc(a.Compute, func(x, y *Compute) int { return cmp.Compare(x.ARN, y.ARN) })
	slices.SortStableFunc(a.Certificates, compareCertificates)
}

func compareCertificates(x, y Certificate) int {
	return cmp.Or(cmp.Compare(x.ID, y.ID), cmp.Compare(x.Name, y.Name))
}

func (c *IdentityCenter) sort() {
	slices.SortStableFunc(c.PermissionSets, func(x, y *PermissionSet) int {
		return cmp.Or(cmp.Compare(x.ARN, y.ARN), cmp.Compare(x.Name, y.Name))
	})
	slices.SortFunc(c.Users, func(x, y IdentityUser) int { return cmp.Compare(x.ID, y.ID) })
	slices.SortFunc(c.Groups, func(x, y IdentityGroup) int { return cmp.Compare(x.ID, y.ID) })
	slices.SortStableFunc(c.Assignments, func(x, y Assignment) int {
		return cmp.Or(cmp.Compare(x.Account, y.Account), cmp.Compare(x.PermissionSet, y.PermissionSet),
			cmp.Compare(x.PrincipalType, y.PrincipalType), cmp.Compare(x.Principal, y.Principal))
	})
}
