package review

import (
	"fmt"
	"slices"

	"accesspath/graph"
)

// outsideResource is FIND-33.
func outsideResource() Rule {
	return Rule{ID: "FIND-33", Doc: Doc{
		Title:       "Resource policy lets an account outside of the organization in",
		Why:         "Nobody declared the account as own or as a known third party. Whoever runs it can use the resource.",
		Severity:    High,
		Remediation: "Find out whose account it is. Remove the grant, or declare the account as trusted in a native snapshot.",
		References:  []string{"AWS IAM User Guide: Cross account resource access in IAM"},
		Since:       "0.2",
		Wants:       []Need{NeedBuckets, NeedResources, NeedOrganization},
	}, check: checkOutsideResource}
}

func checkOutsideResource(p *pass) []Finding {
	return p.eachGrant(false, p.outsideGrant)
}

// outsideGrant lists the strange accounts that a statement names and that get
// in.
func (p *pass) outsideGrant(g resourceGrant) []Finding {
	out := p.grantsToOrganizations(g)
	for _, n := range namedOutside(g) {
		account := n.Account
		relation := p.relation(account, g.account)
		if relation != Outside && relation != Unknown || slices.Contains(logDelivery(), account) {
			continue
		}
		o := p.tries(n, g)
		if !possible(o.requires) && o.blocked == "" {
			continue
		}
		f := says("account %s may call %s; it is not in the organization and not declared as known", p.accountName(account), some(texts(g.statement.Action)))
		if relation == Unknown {
			f.Severity, f.Confidence = Medium, Probable
			f.Text = fmt.Sprintf("account %s may call %s; it is neither loaded nor declared as known, and the organization was not read", p.accountName(account), some(texts(g.statement.Action)))
		}
		f.About, f.blocked = "account "+account, o.blocked
		out = append(out, f)
	}
	return out
}

// grantsToOrganizations lists other organizations of which a statement lets everybody in.
func (p *pass) grantsToOrganizations(g resourceGrant) []Finding {
	if !g.everyone() || p.tries(strangerNode(), g).openness != closed {
		return nil // FIND-32
	}
	var out []Finding
	for _, id := range p.otherOrganizations(g.statement, g.account) {
		if slices.ContainsFunc(g.probes(), func(q probe) bool {
			d := p.m.Decide(graph.Ask{Node: strangerNode(), Action: q.action, Resource: q.resource})
			return strangerOpenness(ofOrganization(id, d.Requires)) != closed
		}) {
			f := says("every account of the organization %s, which is not the resource's own, may call %s", id, some(texts(g.statement.Action)))
			f.About = "organization " + id
			out = append(out, f)
		}
	}
	return out
}

// namedOutside lists whom a statement names of other accounts: in its principals, or,
// where it is for everybody, in its conditions.
func namedOutside(g resourceGrant) []*graph.Node {
	var out []*graph.Node
	everybody := g.statement.NotPrincipal != nil
	for i := range g.statement.Principal {
		e := &g.statement.Principal[i]
		if everybody = everybody || e.Any(); otherAccount(e, g.account) != "" {
			out = append(out, nodeFor(e))
		}
	}
	if !everybody {
		return out
	}
	accounts, _ := g.statement.NarrowedTo()
	for _, id := range accounts {
		if id != g.account {
			out = append(out, &graph.Node{ID: graph.AccountNodeID(id), Kind: graph.KindAccount, Account: id, Name: id})
		}
	}
	return out
}

// logDelivery are accounts of AWS that write into customers' buckets: access
// logs of load balancers, and audit trails of old, by region, as the guides of
// Elastic Load Balancing and CloudTrail list them.
func logDelivery() []string {
	return []string{
		"009996457667", "027434742980", "033677994240", "037604701340", "048591011584", "054676820928", "076674570225", "098369216593", "114774131450", "127311923021",
		"156460612806", "190560391635", "383597477331", "507241528517", "582318560864", "589379963580", "600734575887", "635631232127", "638102146993", "652711504416",
		"718504428378", "754344448648", "783225319266", "797873946194", "897822967062", "985666609251",
		"035351147821", "086441151436", "113285607260", "216624486486", "262312530599", "282025262664", "284668455005", "388731089494",
		"475085895292", "492519147666", "814480443879", "819402241893", "829690693026", "859597730677", "903692715234", "977081816279",
	}
}
