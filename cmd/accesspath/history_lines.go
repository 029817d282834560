package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"accesspath/internal/termsafe"
	"accesspath/render"
	"accesspath/store"
)

// historySchema is the version of history's JSON form.
const historySchema = "accesspath.history/1"

// history is when a subject was there.
type history struct {
	Schema  string        `json:"schema"`
	Kind    string        `json:"kind"`
	Subject string        `json:"subject"`
	Entries []historyLine `json:"snapshots"` // oldest first
}

// historyLine is one snapshot of a history.
type historyLine struct {
	Snapshot int64  `json:"snapshot"`
	AsOf     string `json:"asOf,omitempty"`
	Label    string `json:"label,omitempty"`
	Present  bool   `json:"present"`
	Change   string `json:"change,omitempty"` // "appeared", "went", "changed"
	Text     string `json:"text,omitempty"`
}

func (e *env) history(ctx context.Context, db *store.Store, what subject) (*history, error) {
	list, err := db.List(ctx)
	if err != nil {
		return nil, err
	}
	h := &history{Schema: historySchema, Kind: what.kind, Subject: what.name, Entries: []historyLine{}}
	seen := map[string]string{} // by digest and time: equal snapshots are looked at once
	ever := false
	for i, info := range list {
		key := hex.EncodeToString(info.Digest[:]) + momentOf(info).String()
		text, ok := seen[key]
		if !ok {
			if text, err = e.lookInto(ctx, db, info, what); err != nil {
				return nil, err
			}
			seen[key] = text
		}
		l := historyLine{Snapshot: info.ID, AsOf: timeText(info.AsOf), Label: info.Label, Present: text != "", Text: text}
		if i > 0 {
			l.Change = changeOf(&h.Entries[i-1], &l)
		}
		ever = ever || l.Present
		h.Entries = append(h.Entries, l)
	}
	if !ever && what.kind != "finding" {
		return nil, usagef("no snapshot has the %s %s\nhint: give an ARN; run accesspath snapshots list to see what is stored", what.kind, what.name)
	}
	return h, nil
}

// momentOf is the time that a stored snapshot is looked at for.
func momentOf(info store.Info) time.Time {
	if info.AsOf.IsZero() {
		return info.IngestedAt
	}
	return info.AsOf
}

func changeOf(before, now *historyLine) string {
	switch {
	case now.Present && !before.Present:
		return "appeared"
	case !now.Present && before.Present:
		return "went"
	case now.Text != before.Text:
		return "changed"
	}
	return ""
}

func (e *env) lookInto(ctx context.Context, db *store.Store, info store.Info, what subject) (string, error) {
	defer e.progress(fmt.Sprintf("looking into snapshot %d", info.ID))()
	s, err := db.Load(ctx, info.ID)
	if err != nil {
		return "", err
	}
	g, err := e.graphOf(ctx, s, momentOf(info), nil)
	if err != nil {
		return "", err
	}
	return what.look(ctx, g)
}

func writeHistory(w io.Writer, format string, h *history) error {
	if format == "json" {
		return render.WriteJSON(w, h)
	}
	fmt.Fprintf(w, "%s %s\n%s\n\n", h.Kind, termsafe.Text(h.Subject), termsafe.Text(h.summary()))
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "ID\tAS OF\tLABEL\tTHERE\tWHAT")
	for _, l := range h.Entries {
		there := map[bool]string{true: "yes", false: "no"}[l.Present]
		if l.Change != "" {
			there += ", " + l.Change
		}
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%s\n", l.Snapshot, l.AsOf, dash(termsafe.Text(l.Label)), there, dash(termsafe.Text(l.Text)))
	}
	return t.Flush()
}

// summary says when it was there.
func (h *history) summary() string {
	var parts []string
	for i, l := range h.Entries {
		where := fmt.Sprintf("snapshot %d (%s)", l.Snapshot, l.AsOf)
		switch {
		case i == 0 && l.Present:
			parts = append(parts, "there since the oldest, "+where)
		case l.Change == "appeared":
			parts = append(parts, "appeared in "+where)
		case l.Change == "went":
			parts = append(parts, "went in "+where)
		}
	}
	if len(parts) == 0 {
		return "in none of the snapshots"
	}
	if h.Entries[len(h.Entries)-1].Present {
		parts = append(parts, "still there")
	}
	return strings.Join(parts, "; ")
}
