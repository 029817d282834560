package query_test

// rootCases follow section 8.7: the root user.
func rootCases() []microCase {
	return []microCase{
		{id: "ROOT-01", world: `rp(bb): +s3:GetObject@bb/* P=A`,
			ask: `
			A:root s3:GetObject b/x -> ALLOW
			A:root iam:CreateUser A:user/new -> ALLOW
			who: s3:GetObject b/x -> A:root ALLOW #kind=root
			A:root s3:GetObject bb/x -> ALLOW
			B:root s3:GetObject b/x -> DENY(implicit:resource)`},
		{id: "ROOT-02", world: `
			scp(root): -[ec2:*,s3:ListBucket]@*
			rp(b): -s3:GetObject@b/* P=*
			bucket(mb): M`,
			ask: `
			A:root ec2:StopInstances A:instance/i-1 -> DENY(explicit:scp@r-ex)
			A:root s3:ListBucket b -> DENY(explicit:scp@r-ex)
			M:root s3:ListBucket mb -> ALLOW
			A:root s3:GetObject b/x -> DENY(explicit:resource)
			A:root s3:PutObject b/x -> ALLOW`},
		{id: "ROOT-02/rcp", world: `rcp(A): -s3:DeleteObject@*`,
			ask: `
			A:root s3:DeleteObject b/x -> DENY(explicit:rcp@A)
			A:root s3:PutObject b/x -> ALLOW`},
		{id: "ROOT-02/key", world: `
			add: r
			rp(key): +kms:*@* P=r
			rp(A:key/k2): +kms:*@* P=A
			tp(r): P=A`,
			ask: `
			A:root kms:Decrypt key -> DENY(implicit:resource)
			A:root kms:Decrypt A:key/k2 -> ALLOW
			A:root sts:AssumeRole r -> DENY(service-rule)`},
	}
}
