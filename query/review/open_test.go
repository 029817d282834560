package review

import "strings"

// resources are members of a snapshot: resources of account A with policies.
func resources(top string, list ...string) scene {
	var out []string
	for _, r := range list {
		out = append(out, "{"+r+"}")
	}
	return scene{top: top + `, "resources": [` + strings.Join(out, ",\n  ") + `]`, more: ``}
}

// queue is a queue of account A with one statement.
func queue(statement string) string {
	return `"arn": "arn:aws:sqs:eu-west-1:A:q", "type": "sqs:queue", "policy": ` + doc(`"Resource": "arn:aws:sqs:eu-west-1:A:q", `+statement)
}

// topic is a topic of account A with one statement.
func topic(statement string) string {
	return `"arn": "arn:aws:sns:eu-west-1:A:t", "type": "sns:topic", "policy": ` + doc(`"Resource": "arn:aws:sns:eu-west-1:A:t", `+statement)
}

// bucket is a bucket of account A with one statement and Block Public Access.
func bucket(statement string, restrict string) string {
	s := `"arn": "arn:aws:s3:::b", "account": "A", "type": "s3:bucket", "policy": ` + doc(`"Resource": "arn:aws:s3:::b/*", `+statement)
	if restrict != "" {
		s += `, "publicAccessBlock": {"blockPublicAcls": true, "ignorePublicAcls": true, "blockPublicPolicy": ` + restrict + `, "restrictPublicBuckets": ` + restrict + `}`
	}
	return s
}

// kmsKey is a key of account A.
func kmsKey(statements ...string) string {
	return `"arn": "arn:aws:kms:eu-west-1:A:key/k", "type": "kms:key", "policy": ` + doc(statements...)
}

const (
	sendAll   = `"Effect": "Allow", "Action": "sqs:SendMessage", "Principal": {"AWS": "*"}`
	readAll   = `"Effect": "Allow", "Action": "s3:GetObject", "Principal": "*"`
	ownerKeep = `"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Principal": {"AWS": "arn:aws:iam::A:root"}`
)
