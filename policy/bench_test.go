package policy

import "testing"

func BenchmarkCompilePattern(b *testing.B) {
	for _, bench := range []struct{ name, text string }{
		{"literal", "arn:aws:s3:::data-1/2026/09.csv"},
		{"stars", "arn:aws:s3:::data-*/2026/*.csv"},
		{"any-character", "arn:aws:s3:::data-?/2026/*.csv"},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				CompilePattern(bench.text)
			}
		})
	}
}

func BenchmarkMatch(b *testing.B) {
	const text = "arn:aws:s3:::data-1/2026/09.csv"
	for _, bench := range []struct {
		name, pattern string
		want          bool
	}{
		{"literal", text, true},
		{"stars", "arn:aws:s3:::data-*/2026/*.csv", true},
		{"any-character", "arn:aws:s3:::data-?/2026/*.csv", true},
		{"other", "arn:aws:dynamodb:*:*:table/*", false},
	} {
		p := CompilePattern(bench.pattern)
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if p.Match(text) != bench.want {
					b.Fatal("wrong")
				}
			}
		})
	}
}

func BenchmarkEvaluate(b *testing.B) {
	document, err := ParseDocument(benchDocument)
	if err != nil {
		b.Fatal(err)
	}
	for _, bench := range []struct{ name, action, resource string }{
		{"allowed", "ec2:DescribeInstances", "*"},
		{"conditional", "s3:GetObject", "arn:aws:s3:::data-1/x"},
		{"denied", "iam:CreateUser", "arn:aws:iam::111111111111:user/u"},
	} {
		r := Request{Action: bench.action, Resource: bench.resource, ResourceAccount: "111111111111",
			Caller: Caller{ARN: "arn:aws:iam::111111111111:user/ann", Account: "111111111111"}}
		l := Layers{Identity: []Attached{{Document: document}}, Resource: ResourceLayer{State: ResourceNone}}
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Evaluate(r, l)
			}
		})
	}
}
