package review

import (
	"testing"

	"accesspath/iam"
)

func TestFIND69OpenPods(t *testing.T) {
	const issuer = "oidc.eks.eu-west-1.amazonaws.com/id/ABC"
	irsa := func(operator, subject string) scene {
		return oidcRole(issuer, `"`+operator+`": {"`+issuer+`:aud": "sts.amazonaws.com", "`+issuer+`:sub": "`+subject+`"}`)
	}
	found := []string{"medium role/r (oidc-provider/" + issuer + ")"}
	pod := func(condition string) scene {
		return scene{roles: []string{role("r", `"Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession"], "Principal": {"Service": "pods.eks.amazonaws.com"}`+condition, harmless)}}
	}
	associated := func(list ...string) func(*iam.Snapshot) {
		return withAccount(func(a *iam.Account) {
			for _, account := range list {
				a.Compute = append(a.Compute, &iam.Compute{ARN: account, Roles: []string{"arn:aws:iam::111111111111:role/r"}, Pod: &iam.Pod{Cluster: "c", Namespace: "n", ServiceAccount: account}})
			}
		})
	}
	testRule(t, "FIND-69", []ruleCase{
		{name: "FED-14 no sub", scene: oidcRole(issuer, `"StringEquals": {"`+issuer+`:aud": "sts.amazonaws.com"}`), want: found},
		{name: "every pod", scene: irsa("StringLike", "system:serviceaccount:*:*"), want: found},
		{name: "every account of a namespace", scene: irsa("StringLike", "system:serviceaccount:shop:*"), want: found},
		{name: "an account of every namespace", scene: irsa("StringLike", "system:serviceaccount:*:web"), want: found},
		{name: "every account of some namespaces", scene: irsa("StringLike", "system:serviceaccount:prod-*:*"), want: found},
		{name: "a pattern across the colon", scene: irsa("StringLike", "system:serviceaccount:ns*"), want: found},
		{name: "an account by its end", scene: irsa("StringLike", "*:web"), want: found},
		{name: "an account of some namespaces", scene: irsa("StringLike", "system:serviceaccount:prod-*:web")},
		{name: "some accounts of a namespace", scene: irsa("StringLike", "system:serviceaccount:shop:web-*")},
		{name: "a wildcard beside the subject", scene: oidcRole(issuer, `"StringLike": {"`+issuer+`:sub": "system:serviceaccount:shop:*"}, "StringEquals": {"`+issuer+`:sub": "system:serviceaccount:shop:web"}`)},
		{name: "the subject beside a wildcard", scene: oidcRole(issuer, `"Null": {"`+issuer+`:sub": "false"}, "StringLike": {"`+issuer+`:sub": "system:serviceaccount:shop:*"}`), want: found},
		{name: "pinned", scene: irsa("StringEquals", "system:serviceaccount:shop:web")},
		{name: "star is literal", scene: irsa("StringEquals", "system:serviceaccount:*:*")},
		{name: "FED-15 associations unknown", scene: pod(""), want: []string{"low role/r (pods.eks.amazonaws.com)"}},
		{name: "one association", scene: pod(""), edit: associated("web")},
		{name: "two associations", scene: pod(""), edit: associated("web", "job"), want: []string{"medium role/r (pods.eks.amazonaws.com)"}},
		{name: "any namespace", scene: pod(`, "Condition": {"StringLike": {"aws:RequestTag/kubernetes-namespace": "?*"}}`), want: []string{"low role/r (pods.eks.amazonaws.com)"}},
		{name: "all namespaces but one", scene: pod(`, "Condition": {"StringNotEquals": {"aws:RequestTag/kubernetes-namespace": "default"}}`), want: []string{"low role/r (pods.eks.amazonaws.com)"}},
		{name: "the account's name alone", scene: pod(`, "Condition": {"StringEquals": {"aws:RequestTag/kubernetes-service-account": "web"}}`)},
		{name: "tags in the trust", scene: pod(`, "Condition": {"StringEquals": {"aws:RequestTag/kubernetes-namespace": "shop"}}`)},
	})
}
