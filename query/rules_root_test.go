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
		{id: "ROOT-05/guardrail-on-callers", world: `
			id(M:user/m): +sts:AssumeRoot@*
			id(M:user/n): +sts:AssumeRoot@*
			rcp(A): -sts:*@* ?{StringNotEquals aws:PrincipalArn=arn:aws:iam::M:user/n}`,
			ask: `
			can: M:user/m s3:GetBucketPolicy b -> DENY
			can: M:user/n s3:GetBucketPolicy b -> ALLOW requires(REQUEST sts:TaskPolicyArn StringEquals arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy@1) via A:assumed-root/S3UnlockBucketPolicy`},
		{id: "ROOT-05/many-callers", world: `
			id(M:user/m): +sts:AssumeRoot@arn:aws:iam::A:root
			id(M:user/n): +sts:AssumeRoot@arn:aws:iam::A:root
			id(M:user/o): +sts:AssumeRoot@arn:aws:iam::B:root ; -sts:AssumeRoot@arn:aws:iam::A:root
			id(M:user/p): +s3:*@*
			id(u): +*@*`,
			ask: `
			who: sts:AssumeRoot * -> M:user/m not DENY #witness=arn:aws:iam::111111111111:root
			who: sts:AssumeRoot * -> M:user/n not DENY #witness=arn:aws:iam::111111111111:root
			who: sts:AssumeRoot * -> M:user/o not DENY #witness=arn:aws:iam::222222222222:root
			who: sts:AssumeRoot * -> M:user/p nobody
			who: sts:AssumeRoot * -> u nobody`},
	}
}
