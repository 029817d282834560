package render

import (
	"fmt"
	"io"

	"accesspath/query"
	"accesspath/query/assert"
)

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
