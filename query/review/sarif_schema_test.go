package review

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
)

// TestSARIFSchema holds the output against the JSON Schema of SARIF 2.1.0, which
// comes with go-sarif. That library validates what it has read, so everything
// that was written has to come out of it again: it drops what it does not know.
func TestSARIFSchema(t *testing.T) {
	small := run(t, read(t, source("small.json", small().snapshot())), Options{})
	for name, r := range map[string]*Report{"small": small, "sample": sampleReport(40), "empty": {}} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := Render(&b, "sarif", r); err != nil {
				t.Fatal(err)
			}
			report, err := sarif.FromBytes(b.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range report.Runs {
				// The library writes these even if they are left out, and then empty,
				// which its own schema does not take.
				r.Language, r.Tool.Driver.Language, r.NewlineSequences = "en", "en", []string{"\n"}
			}
			if err := report.Validate(); err != nil {
				t.Error(err)
			}
			again, err := json.Marshal(report)
			if err != nil {
				t.Fatal(err)
			}
			var wrote, read any
			if err := json.Unmarshal(b.Bytes(), &wrote); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(again, &read); err != nil {
				t.Fatal(err)
			}
			for _, lost := range missing(wrote, read, "") {
				t.Error(lost)
			}
		})
	}
}

// TestSARIFSchemaRefuses: the validation can fail.
func TestSARIFSchemaRefuses(t *testing.T) {
	report, err := sarif.FromBytes([]byte(`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"results":[{"message":{},"level":"fatal"}]}]}`))
	if err == nil {
		err = report.Validate()
	}
	if err == nil {
		t.Error("a level that there is not is let through")
	}
}

// missing lists what of one JSON value the other has not.
func missing(have, in any, at string) []string {
	var out []string
	switch have := have.(type) {
	case map[string]any:
		other, _ := in.(map[string]any)
		for k, v := range have {
			out = append(out, missing(v, other[k], at+"/"+k)...)
		}
	case []any:
		other, _ := in.([]any)
		for i, v := range have {
			if i >= len(other) {
				return append(out, fmt.Sprintf("%s/%d is lost", at, i))
			}
			out = append(out, missing(v, other[i], fmt.Sprintf("%s/%d", at, i))...)
		}
	default:
		if !reflect.DeepEqual(have, in) {
			out = append(out, fmt.Sprintf("%s is %v, was %v", at, in, have))
		}
	}
	return out
}
