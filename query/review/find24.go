package review

import (
	"slices"

	"accesspath/graph"
	"accesspath/policy"
)

// confusedDeputy is FIND-24.
func confusedDeputy() Rule {
	return Rule{ID: "FIND-24", Doc: Doc{
		Title:       "Service is trusted without saying on whose behalf",
		Why:         "The service acts for many customers. Without aws:SourceAccount or aws:SourceArn, what somebody else set up in the service may make it use this role: the service is a confused deputy.",
		Severity:    Low,
		Remediation: "Add a condition on aws:SourceAccount with the account's own number, and on aws:SourceArn where the resource is known.",
		References:  []string{"AWS IAM User Guide: The confused deputy problem: Cross-service confused deputy prevention"},
		Since:       "0.2",
		Needs:       []Need{NeedRoles},
	}, check: checkConfusedDeputy}
}

// sourceServices are services whose documentation asks for aws:SourceAccount or
// aws:SourceArn in trust policies, and whether they act across accounts. A role
// for EC2, Lambda or ECS tasks can only be handed over within its account, and
// those services are not among them (SVC-08). Left out as well are services with
// rules of their own, FIND-68 and FIND-69.
func sourceServices() map[string]bool {
	return map[string]bool{
		"cloudtrail.amazonaws.com": true, "config.amazonaws.com": true, "backup.amazonaws.com": false, "cloudformation.amazonaws.com": false,
		"bedrock.amazonaws.com": false, "datasync.amazonaws.com": false, "delivery.logs.amazonaws.com": false, "events.amazonaws.com": false,
		"firehose.amazonaws.com": false, "glue.amazonaws.com": false, "iot.amazonaws.com": false, "iotevents.amazonaws.com": false,
		"kinesisanalytics.amazonaws.com": false, "logs.amazonaws.com": false, "mediaconvert.amazonaws.com": false, "pipes.amazonaws.com": false,
		"sagemaker.amazonaws.com": false, "scheduler.amazonaws.com": false, "sms.amazonaws.com": false, "sns.amazonaws.com": false,
		"states.amazonaws.com": false, "transcribe.amazonaws.com": false, "transfer.amazonaws.com": false, "vpc-flow-logs.amazonaws.com": false,
	}
}

func checkConfusedDeputy(p *pass) []Finding {
	return p.eachTrust(func(t trust) []Finding {
		var out []Finding
		for i := range t.statement.Principal {
			e := &t.statement.Principal[i]
			across, listed := sourceServices()[e.Text]
			if e.Type != "Service" || !listed {
				continue
			}
			if !anySource(t, p.assume(serviceNode(e.Text), t.role).Requires) {
				continue
			}
			f := says("%s may use the role on behalf of anybody's resource, as far as the trust policy goes", e.Text)
			f.About, f.Confidence = e.Text, Probable
			if across {
				f.Severity = Medium
				f.Text += "; the service works across accounts"
			}
			out = append(out, f)
		}
		return out
	})
}

func serviceNode(name string) *graph.Node {
	return &graph.Node{ID: name, Kind: graph.KindService, Name: name}
}

// anySource reports whether the service may act for a stranger's resource: one
// that no condition means, or that fits the pattern of an ARN.
func anySource(t trust, r policy.Requirement) bool {
	left := r.Given(policy.MapContext{
		"aws:sourceaccount": policy.Is("000000000000"), "aws:sourceorgid": policy.Is("o-zzstranger"), "aws:sourceorgpaths": policy.Is("o-zzstranger/r-zz/"),
	})
	if possible(withKey(left, "aws:sourcearn", policy.Is("arn:aws:zz:us-east-1:000000000000:stranger"))) {
		return true
	}
	return slices.ContainsFunc(valuesOn(t.statement, "aws:SourceArn"), func(v string) bool {
		return fitting(left, "aws:sourcearn", v, "arn:*:*:*:000000000000:*")
	})
}
