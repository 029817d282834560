package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json"

	"accesspath/query"
	"accesspath/query/assert"
	"accesspath/query/compare"
)

// ReadResult reads what the json format wrote, so that a stored answer can be
// rendered again. Members that this version does not know are skipped; a result
// of another schema is refused.
func ReadResult(r io.Reader) (*query.Result, error) {
	out := new(query.Result)
	if err := readVersioned(r, out, &out.Schema, query.Schema); err != nil {
		return nil, fmt.Errorf("read result: %w", err)
	}
	return out, nil
}

// ReadGraph reads a trust graph that RenderGraph wrote as json.
func ReadGraph(r io.Reader) (*query.TrustGraph, error) {
	out := new(query.TrustGraph)
	if err := readVersioned(r, out, &out.Schema, query.GraphSchema); err != nil {
		return nil, fmt.Errorf("read trust graph: %w", err)
	}
	return out, nil
}

// ReadSpread reads a spread that RenderSpread wrote as json.
func ReadSpread(r io.Reader) (*query.Spread, error) {
	out := new(query.Spread)
	if err := readVersioned(r, out, &out.Schema, query.SpreadSchema); err != nil {
		return nil, fmt.Errorf("read what is reached: %w", err)
	}
	return out, nil
}

// ReadChokepoints reads a cut that RenderChokepoints wrote as json.
func ReadChokepoints(r io.Reader) (*query.Chokepoints, error) {
	out := new(query.Chokepoints)
	if err := readVersioned(r, out, &out.Schema, query.ChokepointsSchema); err != nil {
		return nil, fmt.Errorf("read hops to cut: %w", err)
	}
	return out, nil
}

// ReadWhatIf reads a difference of rows that RenderWhatIf wrote as json.
func ReadWhatIf(r io.Reader) (*query.WhatIf, error) {
	out := new(query.WhatIf)
	if err := readVersioned(r, out, &out.Schema, query.WhatIfSchema); err != nil {
		return nil, fmt.Errorf("read what would change: %w", err)
	}
	return out, nil
}

// ReadCheck reads a report of checks that RenderCheck wrote as json.
func ReadCheck(r io.Reader) (*assert.Report, error) {
	out := new(assert.Report)
	if err := readVersioned(r, out, &out.Schema, assert.Schema); err != nil {
		return nil, fmt.Errorf("read report of checks: %w", err)
	}
	return out, nil
}

// ReadDiff reads a difference that RenderDiff wrote as json.
func ReadDiff(r io.Reader) (*compare.Diff, error) {
	out := new(compare.Diff)
	if err := readVersioned(r, out, &out.Schema, compare.Schema); err != nil {
		return nil, fmt.Errorf("read difference: %w", err)
	}
	return out, nil
}

// readVersioned decodes into v, of which schema is the version field.
func readVersioned(r io.Reader, v any, schema *string, want string) error {
	err := json.UnmarshalRead(r, v)
	if *schema == "" && err == nil {
		return fmt.Errorf(`not accesspath output: it has no "schema"; give a file that --format json wrote`)
	}
	if *schema != "" && *schema != want { // tells more than a type mismatch further on
		have, number, _ := strings.Cut(*schema, "/")
		if name, _, _ := strings.Cut(want, "/"); have != name {
			return fmt.Errorf("schema is %q, want %q; give a file of that kind", *schema, want)
		}
		return fmt.Errorf("schema is %q, this program reads %q; use the accesspath version for schema %s", *schema, want, number)
	}
	return err
}
