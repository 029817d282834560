package graph

import (
	"encoding/json"

	"accesspath/iam"
	"accesspath/policy"
)

// grantsPolicy writes the grants on a KMS key as statements of its policy: each
// lets its grantee do the listed operations, under the encryption context that
// it names (RPOL-12). nil if there are none.
func grantsPolicy(r *iam.Resource) *policy.Attached {
	if len(r.Grants) == 0 {
		return nil
	}
	type statement struct {
		Sid, Effect string
		Principal   map[string]string
		Action      []string
		Resource    string
		Condition   map[string]map[string]string `json:",omitempty"`
	}
	var list []statement
	for _, g := range r.Grants {
		s := statement{Sid: "grant " + g.ID, Effect: "Allow", Principal: map[string]string{"AWS": g.Grantee}, Resource: "*"}
		for _, op := range g.Operations {
			s.Action = append(s.Action, "kms:"+op)
		}
		if len(g.Context) > 0 {
			keys := map[string]string{}
			for k, v := range g.Context {
				keys["kms:EncryptionContext:"+k] = v
			}
			s.Condition = map[string]map[string]string{"StringEquals": keys}
		}
		list = append(list, s)
	}
	raw, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": list})
	if err != nil {
		return nil // strings always marshal
	}
	d, err := policy.ParseDocument(raw)
	if err != nil {
		return nil
	}
	return &policy.Attached{Document: d, Name: "grants", Owner: r.ARN}
}
