package main

import (
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"
	"time"

	"accesspath/iam"
	"accesspath/internal/termsafe"
	"accesspath/render"
	"accesspath/render/words"
	"accesspath/store"
)

func writeList(w io.Writer, format string, list []store.Info) error {
	if format == "json" {
		out := make([]snapshotJSON, 0, len(list))
		for _, info := range list {
			out = append(out, jsonInfo(info))
		}
		return render.WriteJSON(w, snapshotsJSON{snapshotsSchema, out})
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "ID\tAS OF\tINGESTED\tLABEL\tHOLDS")
	for _, info := range list {
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%s\n", info.ID, timeText(info.AsOf), timeText(info.IngestedAt), dash(termsafe.Text(info.Label)), holdings(info.Counts))
	}
	return t.Flush()
}

func timeText(t time.Time) string { return dash(knownTime(t)) }

// knownTime is a time in words; "" if it is not known.
func knownTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04")
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func showInfo(w io.Writer, info store.Info) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(name, value string) { fmt.Fprintf(t, "%s\t%s\n", name, value) }
	row("snapshot", strconv.FormatInt(info.ID, 10))
	row("label", dash(termsafe.Text(info.Label)))
	row("as of", timeText(info.AsOf))
	row("ingested", timeText(info.IngestedAt)+" by version "+termsafe.Text(info.Engine))
	row("digest", hex.EncodeToString(info.Digest[:]))
	row("holds", holdings(info.Counts))
	for _, s := range info.Sources {
		row("source", fmt.Sprintf("%s (%s, %d bytes, sha256 %.12s)", termsafe.Text(s.Name), s.Format, s.Bytes, s.SHA256))
	}
	for _, section := range iam.Sections {
		c := info.Coverage[section]
		row("coverage "+string(section), fmt.Sprintf("present in %s, empty in %d, unknown in %d", words.Plural(c.Present, "account"), c.KnownEmpty, c.Unknown))
	}
	return t.Flush()
}

// The versions of the JSON forms of lists and descriptions of snapshots.
const (
	snapshotsSchema    = "accesspath.snapshots/1"
	snapshotInfoSchema = "accesspath.snapshot-info/1"
)

// snapshotsJSON is the JSON form of a list of stored snapshots.
type snapshotsJSON struct {
	Schema    string         `json:"schema"`
	Snapshots []snapshotJSON `json:"snapshots"` // oldest first
}

// snapshotInfoJSON is the JSON form of one stored snapshot alone.
type snapshotInfoJSON struct {
	Schema string `json:"schema"`
	snapshotJSON
}

// snapshotJSON describes a stored snapshot.
type snapshotJSON struct {
	ID         int64                              `json:"id"`
	Label      string                             `json:"label"`
	AsOf       time.Time                          `json:"asOf,omitzero"` // missing if no input said
	IngestedAt time.Time                          `json:"ingestedAt"`
	Engine     string                             `json:"engine"`
	Digest     string                             `json:"digest"`
	Counts     store.Counts                       `json:"counts"`
	Coverage   map[iam.Section]store.SectionCount `json:"coverage"`
	Sources    []sourceJSON                       `json:"sources"`
}

type sourceJSON struct {
	Name   string `json:"name"`
	Format string `json:"format"`
	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes"`
}

func jsonInfo(i store.Info) snapshotJSON {
	out := snapshotJSON{
		ID: i.ID, Label: i.Label, AsOf: i.AsOf, IngestedAt: i.IngestedAt, Engine: i.Engine,
		Digest: hex.EncodeToString(i.Digest[:]), Counts: i.Counts, Coverage: i.Coverage, Sources: []sourceJSON{},
	}
	for _, s := range i.Sources {
		out.Sources = append(out.Sources, sourceJSON(s))
	}
	return out
}

func writeInfo(w io.Writer, info store.Info) error {
	return render.WriteJSON(w, snapshotInfoJSON{snapshotInfoSchema, jsonInfo(info)})
}
