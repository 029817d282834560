package graph

import (
	"maps"
	"slices"
	"strings"

	"accesspath/iam"
	"accesspath/policy"
)

// cognito is the built-in provider whose tokens Cognito identity pools issue
// (FED-11).
const cognito = "cognito-identity.amazonaws.com"

// GuestsID is the ID of the node for the guests of identity pools: anyone who
// asks the pool for an identity (FED-13).
const GuestsID = cognito + ":guests"

const (
	cognitoAudience = cognito + ":aud"
	cognitoMethods  = cognito + ":amr"
	ownPool         = "xx-own-1:00000000-0000-0000-0000-000000000000" // of whoever asks; no policy names it
)

// tokenOf is what a caller with a token of Cognito has to meet, whatever pool it
// is of and however its holder signed in.
func (m *Model) tokenOf(role *iam.Role) Assumption {
	return m.Assume(&Node{ID: cognito, Kind: KindFederated, Name: cognito}, role, nil, "")
}

// asGuest is what guests have to meet (FED-13). Without a test on the audience
// anybody's own pool will do (FED-11), without one on amr guests do as well as
// others (FED-12). to is the role, or its sessions under the scope-down policy
// that the enhanced flow passes and the classic flow does not.
func (m *Model) asGuest(to *Node) Assumption {
	a := m.tokenOf(to.Role)
	if a.Requires.IsFalse() {
		return a
	}
	guest := a.Requires.Given(policy.MapContext{cognitoMethods: policy.Is("unauthenticated")}).Simplify()
	if guest.IsFalse() {
		a.deny("resource", "FED-13", "the trust policy does not let guests in")
		return a
	}
	ways := policy.False()
	pools, patterns := audiences(guest)
	for _, id := range append(pools, m.poolsLike(patterns)...) {
		ways = policy.Or(ways, policy.And(forPool(guest, id), m.poolAdmits(id, to)))
	}
	if to.Limit == nil {
		ways = policy.Or(ways, forPool(guest, ownPool))
		for _, p := range patterns { // whoever wants one of that region makes it
			ways = policy.Or(ways, forPool(guest, strings.NewReplacer("*", "0", "?", "0").Replace(p)))
		}
	}
	if a.Requires = ways.Simplify(); a.Requires.IsFalse() {
		text := "the identity pool lets no guests in"
		if len(pools) > 0 && to.Limit == nil {
			text += ", or hands out their sessions in the enhanced flow only"
		}
		a.deny("service-rule", "FED-13", text)
	}
	return a
}

func forPool(r policy.Requirement, id string) policy.Requirement {
	return r.Given(policy.MapContext{cognitoAudience: policy.Is(id)})
}

// audiences lists the pools that a requirement names, and its patterns of pools.
func audiences(r policy.Requirement) (pools, patterns []string) {
	r.Mentions(func(a *policy.Atom) bool {
		if strings.EqualFold(a.Key, cognitoAudience) {
			for _, v := range a.Values {
				if strings.ContainsAny(v, "*?") {
					patterns = append(patterns, v)
				} else {
					pools = append(pools, v)
				}
			}
		}
		return false
	})
	return pools, patterns
}

// poolsLike lists the pools of the snapshot that some pattern matches.
func (m *Model) poolsLike(patterns []string) []string {
	var out []string
	for _, pattern := range patterns {
		p := policy.CompilePattern(pattern)
		for _, id := range slices.Sorted(maps.Keys(m.pools)) {
			if p.Match(id) {
				out = append(out, id)
			}
		}
	}
	return out
}

// poolAdmits: does the pool let guests in, and to these sessions of the role?
func (m *Model) poolAdmits(id string, to *Node) policy.Requirement {
	guests, classic := policy.DataAtom("DATA:pool-guests", id), policy.DataAtom("DATA:classic-flow", id)
	p := m.pools[id]
	if p != nil {
		guests, classic = known(p.Unauthenticated, guests), known(p.Classic, classic)
	}
	if to.Limit == nil {
		return policy.And(guests, classic)
	}
	if p != nil && p.RolesKnown && p.GuestRole != to.Role.ARN {
		return policy.False() // the enhanced flow gives guests the pool's role for them
	}
	return guests
}

// known is true or false where a state says so, else the open question.
func known(s iam.State, open policy.Requirement) policy.Requirement {
	switch s {
	case iam.Present:
		return policy.True()
	case iam.KnownEmpty:
		return policy.False()
	}
	return open
}

// asSignedIn leaves of a token's requirement what those who signed in can meet:
// their amr holds "authenticated" and their provider's name.
func asSignedIn(r policy.Requirement) policy.Requirement {
	return r.Map(func(a *policy.Atom) policy.Requirement {
		if !strings.EqualFold(a.Key, cognitoMethods) || !a.Some || a.Outside || a.Opaque {
			return policy.Keep(a)
		}
		if signedIn := a.Fold(policy.Is("authenticated")); signedIn.IsTrue() != a.Negated {
			return signedIn
		}
		b := *a
		b.Values = nil
		for _, v := range a.Values {
			if v != "unauthenticated" {
				b.Values = append(b.Values, v)
			}
		}
		if len(b.Values) == 0 {
			return policy.Bool(a.Negated)
		}
		return policy.AtomRequirement(b)
	}).Simplify()
}

// scopeDown is what the enhanced flow leaves guests of their role's permissions:
// the services of the Developer Guide's list and of the AWS managed policy
// AmazonCognitoUnAuthedIdentitiesSessionPolicy (as of 2026-11).
var scopeDown = mustParse(`{"Version":"2012-10-17","Statement":[{"Sid":"GuestScopeDown","Effect":"Allow","Resource":"*","Action":[
	"appsync:*","cloudwatch:*","cognito-identity:*","cognito-idp:*","cognito-sync:*","comprehend:*","dynamodb:*","execute-api:*","firehose:*",
	"gamelift:*","geo:CalculateRoute*","geo:GetMap*","geo:GetPlace","geo:SearchPlaceIndex*","geo:*DevicePosition*","geo:*Geofence","geo:*Geofences",
	"iot:*","kinesis:*","kms:Decrypt","kms:Encrypt","kms:GenerateDataKey","kms:GenerateDataKeyPair","kms:GenerateDataKeyPairWithoutPlaintext",
	"kms:GenerateDataKeyWithoutPlaintext","kms:ReEncryptFrom","kms:ReEncryptTo","lambda:*","lex:*","logs:*","machinelearning:*","mobileanalytics:*",
	"mobiletargeting:*","personalize:*","polly:*","rekognition:*","rum:PutRumEvents","s3:*","sagemaker:InvokeEndpoint","scs:*","sdb:*","ses:*",
	"sns:*","sqs:*","transcribe:*","translate:*"]}]}`)

// guestLimit is the limit of guests in the enhanced flow.
func guestLimit() *Limit {
	return limitOf("cognito-guests", []policy.Attached{{Document: scopeDown, Name: "session policy of Cognito for guests"}})
}
