package query

import (
	"maps"
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/policy"
)

// domains are the values that tests in reach read.
type domains struct {
	tags    map[string][]string // by lower-case key
	names   map[graph.NodeID][]string
	sources []string
	carried bool                // some test reads the source identity of the session
	picked  bool                // a variable does
	passed  map[string][]string // values that calls demand of tags, by key
	mfa     bool
	claims  []string                         // whose claims tests of a role's requests read, of those that later calls carry (FED-20)
	claimBy map[graph.NodeID]bool            // whose requests read such
	carrier bool                             // some test reads what sessions carry of who delivered them (SVC-05, VAR-06)
	readBy  map[graph.NodeID]map[string]bool // tags that requests of a node read, by key
	later   map[string]bool                  // tags that a later request reads, not only the call that passes them

	same        map[[2]string]bool     // tags that are compared with each other
	tagTests    map[string]tests       // what later tests hold a tag against, by key
	nameTests   map[graph.NodeID]tests // the name of a role's session
	sourceTests tests                  // the source identity
	cut         bool                   // of many patterns of one value not all combinations were tried
}

func newDomains() domains {
	return domains{tags: map[string][]string{}, same: map[[2]string]bool{}, passed: map[string][]string{}, later: map[string]bool{}, readBy: map[graph.NodeID]map[string]bool{}, names: map[graph.NodeID][]string{},
		tagTests: map[string]tests{}, nameTests: map[graph.NodeID]tests{}, claimBy: map[graph.NodeID]bool{}}
}

// settle adds, to the tags that later tests read, what calls demand of them; and to
// all values those that meet several patterns.
func (d *domains) settle() {
	for _, pair := range slices.SortedFunc(maps.Keys(d.same), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) }) { // whatever one of them has to be
		d.addTag(pair[0], concrete(d.tags[pair[1]])...)
		d.addTag(pair[1], concrete(d.tags[pair[0]])...)
	}
	for key, values := range d.tags {
		d.tags[key] = d.joint(addValues(values, d.passed[key]...), d.tagTests[key])
	}
	for role, values := range d.names {
		d.names[role] = d.joint(values, d.nameTests[role])
	}
	if d.sources = d.joint(d.sources, d.sourceTests); d.picked && len(d.sources) > 0 { // without tests it stays open whether there is one
		d.sources = addValues(d.sources, anySource)
	}
}

// joint adds to values those that several tests together ask for.
func (d *domains) joint(values []string, t tests) []string {
	if !t.many() {
		return values
	}
	more, cut := t.jointly(values)
	d.cut = d.cut || cut
	return addValues(slices.Clone(values), more...)
}

// read collects from a requirement of a node's requests.
func (d *domains) read(n *graph.Node, id graph.NodeID, r policy.Requirement) {
	r.Mentions(func(a *policy.Atom) bool {
		key := strings.ToLower(a.Key)
		d.carrier = d.carrier || readsCarrier(key)
		if issuer := claimIssuer(key); issuer != "" && n.Role != nil && a.Class == policy.ClassIDP {
			d.claims = addValues(d.claims, issuer)
			d.claimBy[id] = true
		}
		switch {
		case strings.HasPrefix(key, "aws:multifactorauth"):
			d.mfa = true
		case a.Opaque && a.Code == "":
			d.readVariables(id, a.Values)
			d.readCompared(n, id, key, a)
		case strings.HasPrefix(key, "aws:principaltag/"):
			tag := strings.TrimPrefix(key, "aws:principaltag/")
			d.addTag(tag, choosableTags(a)...)
			d.tagTests[tag] = d.tagTests[tag].with(a)
			d.reads(id, tag)
		case key == "sts:transitivetagkeys" && a.Some:
			for _, k := range a.Values {
				d.addTag(strings.ToLower(k))
			}
		case key == "aws:sourceidentity":
			d.carried = true
			fallthrough
		case key == "sts:sourceidentity":
			d.sources = addValues(d.sources, append(choosable(a), otherValue)...)
			d.sourceTests = d.sourceTests.with(a)
		case strings.HasPrefix(key, "aws:requesttag/"):
			tag := strings.TrimPrefix(key, "aws:requesttag/")
			d.passed[tag] = addValues(d.passed[tag], choosableTags(a)...)
		case a.Key == policy.SessionNameKey:
			d.names[id] = addValues(d.names[id], nonEmpty(a.Values)...)
			d.nameTested(id, a.Values...)
		case key == "aws:userid" && n.Role != nil:
			d.readUserIDs(n, id, a)
		}
		return false
	})
}

// readsCarrier reports whether a key's value in a session follows from who or
// what the session was delivered to.
func readsCarrier(key string) bool {
	switch key {
	case "aws:userid", strings.ToLower(policy.SessionNameKey), "identitystore:userid", guestClaim:
		return true
	}
	return isCarrierKey(key)
}

// isCarrierKey: keys that only certain carriers put into sessions (CKEY-17).
func isCarrierKey(key string) bool {
	switch key {
	case "aws:ec2instancesourcevpc", "aws:ec2instancesourceprivateipv4", "ec2:sourceinstancearn", "ec2:roledelivery",
		"lambda:sourcefunctionarn", "ssm:sourceinstancearn", "aws:chatbotsourcearn":
		return true
	}
	return false
}

func (d *domains) addTag(key string, values ...string) {
	d.tags[key] = addValues(d.tags[key], append(values, otherValue)...)
}

// readsTag reports whether some test reads a tag.
func (d *domains) readsTag(key string) bool { return has(d.tags, key) }

// reads notes that a request of a node reads a tag of its session.
func (d *domains) reads(id graph.NodeID, tag string) {
	d.later[tag] = true
	if d.readBy[id] == nil {
		d.readBy[id] = map[string]bool{}
	}
	d.readBy[id][tag] = true
}

// addValues keeps a list sorted and without repetition.
func addValues(list []string, more ...string) []string {
	for _, v := range more {
		if at, found := slices.BinarySearch(list, v); !found {
			list = slices.Insert(list, at, v)
		}
	}
	return list
}

func (d *domains) readUserIDs(n *graph.Node, id graph.NodeID, a *policy.Atom) {
	prefix := n.Role.UniqueID + ":"
	for _, v := range a.Values {
		pattern := policy.CompilePattern(v)
		if a.Operator == "StringEquals" {
			pattern = policy.LiteralPattern(v)
		}
		if w, ok, _ := policy.FindWitness([]policy.Pattern{pattern, policy.CompilePattern(prefix + "?*")}, nil); ok {
			d.names[id] = addValues(d.names[id], strings.TrimPrefix(w, prefix))
		}
		switch name, ok := nameGlob(v, prefix); {
		case !ok:
		case a.Operator == "StringLike" && strings.ContainsAny(name, "*?"):
			t := d.nameTests[id]
			t.globs = addValues(slices.Clone(t.globs), name)
			d.nameTests[id] = t
		default:
			d.nameTested(id, name)
		}
	}
}

// nameTested notes names that the name of a role's session is held against as a whole: one
// that is denied may be the shortest that fits a pattern, and another fits as well.
func (d *domains) nameTested(id graph.NodeID, names ...string) {
	t := d.nameTests[id]
	t.exact = addValues(slices.Clone(t.exact), names...)
	d.nameTests[id] = t
}

// nameGlob is what a pattern of aws:userid asks of the name of a role's session: the
// part behind the colon, if its role part matches the role's.
func nameGlob(pattern, prefix string) (name string, ok bool) {
	role, name, ok := strings.Cut(pattern, ":")
	return name, ok && policy.CompilePattern(role).Match(strings.TrimSuffix(prefix, ":"))
}
