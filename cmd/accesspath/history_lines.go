package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
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
	Change   string `json:"change,omitempty"` // "appeared", "went", "changed", against the snapshot before that says
	Text     string `json:"text,omitempty"`
	// NotRead are accounts that it hangs on and that the snapshot has not, or has
	// in part, so that its absence says nothing.
	NotRead []string `json:"notRead,omitempty"`
}

// A look is what was found in one snapshot.
type look struct {
	sighting
	accounts map[string]bool // that the snapshot has; true: as a whole
}

func (e *env) history(ctx context.Context, db *store.Store, what subject) (*history, error) {
	list, err := db.List(ctx)
	if err != nil {
		return nil, err
	}
	h := &history{Schema: historySchema, Kind: what.kind, Subject: what.name, Entries: []historyLine{}}
	seen := map[string]look{} // by digest and time: equal snapshots are looked at once
	looks := make([]look, 0, len(list))
	ever := false
	for _, info := range list {
		key := hex.EncodeToString(info.Digest[:]) + momentOf(info).String()
		l, ok := seen[key]
		if !ok {
			if l, err = e.lookInto(ctx, db, info, what); err != nil {
				return nil, err
			}
			seen[key] = l
		}
		ever = ever || l.text != ""
		looks = append(looks, l)
		h.Entries = append(h.Entries, historyLine{Snapshot: info.ID, AsOf: knownTime(info.AsOf), Label: info.Label, Present: l.text != "", Text: l.text})
	}
	h.change(looks)
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

func (e *env) lookInto(ctx context.Context, db *store.Store, info store.Info, what subject) (look, error) {
	defer e.progress(fmt.Sprintf("looking into snapshot %d", info.ID))()
	s, err := db.Load(ctx, info.ID)
	if err != nil {
		return look{}, err
	}
	g, err := e.graphOf(ctx, s, momentOf(info), nil)
	if err != nil {
		return look{}, err
	}
	l := look{accounts: map[string]bool{}}
	for _, a := range s.Accounts {
		l.accounts[a.ID] = !a.Incomplete
	}
	if l.sighting, err = what.look(ctx, g); err != nil {
		return look{}, err
	}
	// Accounts that the snapshot refers to and does not hold, such as a vendor's,
	// are no reason to doubt another one.
	l.sighting.accounts = slices.DeleteFunc(l.sighting.accounts, func(id string) bool { _, has := l.accounts[id]; return !has })
	return l, nil
}

// change compares each snapshot with the one before it that says something.
func (h *history) change(looks []look) {
	var last *historyLine
	for i := range h.Entries {
		l := &h.Entries[i]
		if l.NotRead = notRead(looks, i); len(l.NotRead) > 0 {
			continue
		}
		if last != nil {
			l.Change = changeOf(last, l)
		}
		last = l
	}
}

// notRead lists the accounts that a subject hung on when it was last seen, or
// else when it is next seen, and that snapshot i, which has it not, does not
// have as a whole.
func notRead(looks []look, i int) []string {
	if looks[i].text != "" {
		return nil
	}
	seen := -1
	for k := range looks {
		if looks[k].text != "" && (k < i || seen < 0) {
			seen = k
		}
	}
	if seen < 0 {
		return nil
	}
	var out []string
	for _, id := range looks[seen].sighting.accounts {
		if !looks[i].accounts[id] && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
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
		text := l.Text
		switch {
		case len(l.NotRead) > 0:
			there, text = "unknown", "account "+strings.Join(l.NotRead, ", ")+" is not in it, or in part only"
		case l.Change != "":
			there += ", " + l.Change
		}
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%s\n", l.Snapshot, dash(l.AsOf), dash(termsafe.Text(l.Label)), there, dash(termsafe.Text(text)))
	}
	return t.Flush()
}

// summary says when it was there.
func (h *history) summary() string {
	var parts []string
	for i, l := range h.Entries {
		where := fmt.Sprintf("snapshot %d", l.Snapshot)
		if l.AsOf != "" {
			where += " (" + l.AsOf + ")"
		}
		switch {
		case i == 0 && l.Present:
			parts = append(parts, "there since the oldest, "+where)
		case len(l.NotRead) > 0:
			parts = append(parts, "unknown in "+where)
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
