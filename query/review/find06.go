package review

import (
	"slices"
	"strings"

	"accesspath/iam"
)

// workloadKey is FIND-06.
func workloadKey() Rule {
	return Rule{ID: "FIND-06", Doc: Doc{
		Title:       "Workload seems to use a user's access key",
		Why:         "A key on an instance or in a container lies in a file that everybody on it can read, and is never replaced. AWS delivers short-lived credentials of a role there, and rotates them.",
		Severity:    High,
		Remediation: "Give the instance, function or task a role, then delete the key.",
		References:  []string{"AWS IAM User Guide: Use an IAM role to grant permissions to applications running on Amazon EC2 instances"},
		Since:       "0.2",
		Wants:       []Need{NeedAccessKeys},
	}, check: checkWorkloadKey}
}

// agentServices are called by software that AWS puts on machines, and by
// nothing that a person would start.
func agentServices() []string {
	return []string{"ec2messages", "ssmmessages", "codedeploy-commands-secure"}
}

// computeServices are what workloads mostly talk to about themselves.
func computeServices() []string {
	return []string{"ec2", "ecs", "ecr", "eks", "lambda", "autoscaling", "codedeploy", "batch", "elasticmapreduce", "logs", "sqs"}
}

func checkWorkloadKey(p *pass) []Finding {
	return p.eachHolder(func(_ *iam.Account, u *iam.User, c *iam.Credentials) (Finding, bool) {
		for _, k := range activeKeys(c) {
			service := strings.ToLower(k.LastUsedService)
			f := Finding{Confidence: Unsure, cause: accessKeyCause}
			switch {
			case slices.Contains(agentServices(), service):
				f.Text = "an access key was last used with " + service + ", which is what agents on machines call"
			case slices.Contains(computeServices(), service) && workloadName(u.Name):
				f.Text = "the user is called like a workload, and its access key was last used with " + service
			default:
				continue
			}
			if k.LastUsedRegion != "" {
				f.Text += " in " + k.LastUsedRegion
			}
			return f, true
		}
		return Finding{}, false
	})
}
