package graph

import (
	"slices"
	"strings"

	"accesspath/iam"
	"accesspath/policy"
)

// codeAccessPoint marks what the policy of an access point would decide.
const codeAccessPoint = "DATA:access-point"

// accessPoint is a way to a bucket's objects by the ARN of an access point.
type accessPoint struct {
	arn    string // of the access point
	object string // key; "" for the bucket
	owner  string
}

// behindAccessPoint takes the ARN of an access point, or of an object behind
// one, apart.
func behindAccessPoint(resource string) (accessPoint, bool) {
	if !strings.Contains(resource, ":accesspoint/") { // of nearly every request
		return accessPoint{}, false
	}
	a, ok := policy.ParseARN(resource)
	rest, is := strings.CutPrefix(a.Resource, "accesspoint/")
	if !ok || !is || a.Service != "s3" {
		return accessPoint{}, false
	}
	name, object, _ := strings.Cut(rest, "/object/")
	p := accessPoint{object: object, owner: a.Account}
	a.Resource = "accesspoint/" + name
	p.arn = a.String()
	return p, true
}

// known adds what is known of a request that comes through an access point.
func (p accessPoint) known(c policy.Context) policy.Context {
	if strings.ContainsAny(p.arn, "*?") {
		return c // of a pattern
	}
	return policy.Overlay{policy.MapContext{"s3:dataaccesspointarn": policy.Is(p.arn), "s3:dataaccesspointaccount": policy.Is(p.owner)}, c}
}

// IsAccessPoint reports whether a resource is an access point, or an object behind one.
func IsAccessPoint(resource string) bool {
	_, is := behindAccessPoint(resource)
	return is
}

// pointOf is an access point and the bucket behind it.
type pointOf struct {
	bucket *iam.Resource
	point  *iam.AccessPoint
}

// throughAccessPoint: the access point's policy and the bucket's both have to
// allow (RPOL-07).
func (m *Model) throughAccessPoint(a Ask, p accessPoint) policy.Decision {
	of := m.points[p.arn]
	bucket, point := of.bucket, of.point
	d := m.decide(a)
	if d.Requires.IsFalse() {
		return d
	}
	if bucket == nil || point.State == iam.Unknown {
		d.Requires = policy.And(d.Requires, policy.DataAtom(codeAccessPoint, p.arn)).Simplify()
		d.Codes = insertSorted(d.Codes, codeAccessPoint)
		return d
	}
	second := m.onBucket(a, p, bucket)
	if d.Requires = policy.And(d.Requires, second.Requires).Simplify(); d.Requires.IsFalse() {
		d.Causes = second.Causes
	}
	d.Because = append(d.Because, second.Because...)
	for _, code := range second.Codes {
		d.Codes = insertSorted(d.Codes, code)
	}
	return d
}

// onBucket is the bucket's part of a request through an access point. Identity policies
// are about the ARN that is asked for: where they allow that, they need not name the
// bucket, too. Whom the access point's policy alone favours the bucket has to favour
// as well.
func (m *Model) onBucket(a Ask, p accessPoint, bucket *iam.Resource) policy.Decision {
	behind := a
	behind.Resource = bucket.ARN
	if p.object != "" {
		behind.Resource += "/" + p.object
	}
	byIdentity := m.byIdentity(a)
	evaluate := func(r policy.Request, l policy.Layers) policy.Decision {
		r.Context = p.known(r.Context)
		return evaluateBehind(r, l, byIdentity)
	}
	r, l, _ := m.request(behind)
	d := evaluate(r, l)
	if m.ownerless(behind.Resource) {
		d = m.whosever(d, behind, evaluate)
	}
	return d
}

// evaluateBehind decides a request on a bucket behind an access point. byIdentity is what
// the caller's own policies say of it on the access point.
func evaluateBehind(r policy.Request, l policy.Layers, byIdentity policy.Requirement) policy.Decision {
	if byIdentity.IsFalse() {
		return policy.Evaluate(r, l)
	}
	own := policy.Verdict(r, l)
	l.Identity, l.IdentityUnknown, l.HasBoundary = []policy.Attached{{Document: anything, Name: "the access point"}}, "", false
	if l.HasSession || r.Caller.Kind == policy.CallerFederatedUser {
		l.Session, l.HasSession = l.Identity, true
	}
	d := policy.Evaluate(r, l)
	if !byIdentity.IsTrue() {
		d.Requires = policy.Or(own, policy.And(byIdentity, d.Requires)).Simplify()
	}
	return d
}

// witnessesBehind adds to the witnesses of a pattern of objects behind an access point
// those that the bucket's side tells apart. For all objects that is enough: each has to be
// allowed on both sides. Of some, one may be allowed on both that stands for nothing on
// either, unless nothing is allowed on one of them.
func (m *Model) witnessesBehind(a Ask, p accessPoint, list []string, complete, all bool) ([]string, bool) {
	bucket := m.points[p.arn].bucket
	if bucket == nil || p.object == "" {
		return list, complete
	}
	behind := a
	behind.Resource = bucket.ARN + "/" + p.object
	r, l, _ := m.request(behind)
	more, ok := policy.Witnesses(r, l, behind.Resource, nil, all, &m.witnesses)
	for _, w := range more {
		if key, ok := strings.CutPrefix(w, bucket.ARN+"/"); ok {
			list = append(list, p.arn+"/object/"+key)
		}
	}
	slices.Sort(list)
	list = slices.Compact(list)
	return list, complete && ok && (all || !m.apart(a, bucket, list))
}

// apart reports whether some objects are allowed by an access point's side, and others by
// the bucket's, and none by both.
func (m *Model) apart(a Ask, bucket *iam.Resource, list []string) bool {
	point, behind := false, false
	a.bare = true
	for _, w := range list {
		a.Resource = w
		p, _ := behindAccessPoint(w)
		first, second := !m.decide(a).Requires.IsFalse(), !m.onBucket(a, p, bucket).Requires.IsFalse()
		if first && second {
			return false
		}
		point, behind = point || first, behind || second
	}
	return point && behind
}

// byIdentity is what the caller's own policies say of a request, whatever the resource's
// do. Of a resource of another account they have allowed it, if anything has (EVAL-20).
func (m *Model) byIdentity(a Ask) policy.Requirement {
	r, l, _ := m.request(a)
	if r.ResourceAccount != r.Caller.Account {
		return policy.True()
	}
	l.Resource = policy.ResourceLayer{State: policy.ResourceNone}
	return policy.Verdict(r, l)
}

// pointLayer is the policy of an access point.
func (m *Model) pointLayer(t *target, p accessPoint) {
	of := m.points[p.arn]
	bucket, point := of.bucket, of.point
	switch {
	case bucket == nil || point.State == iam.Unknown:
		t.layer = policy.ResourceLayer{State: policy.ResourceUnknown, Unknown: codeAccessPoint, NotLoaded: m.notLoaded(t.account)}
	case point.Policy != nil && point.Policy.Document != nil:
		t.layer = policy.ResourceLayer{State: policy.ResourcePresent, Policies: []policy.Attached{inline(point.Policy, point.ARN, "")}}
	case point.Policy != nil:
		t.layer = policy.ResourceLayer{State: policy.ResourceUnknown, Unknown: codeAccessPoint}
	default:
		t.layer = policy.ResourceLayer{State: policy.ResourceNone}
	}
	if a := m.Snapshot.Account(t.account); a != nil && a.PublicAccessBlock != nil && a.PublicAccessBlock.RestrictPublicBuckets {
		t.layer.RestrictPublic = policy.Yes // whatever the access point's own block says, which no input does (RPOL-04)
	}
}
