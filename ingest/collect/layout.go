// Package collect reads what the tool iam-collect stores on disk, so that its
// users can ask questions without collecting again. The layout, documented in
// that tool's Storage.md, is a tree of small JSON files:
//
//	aws/PARTITION/accounts/ID/SERVICE/[REGION/][TYPE/]NAME/metadata.json
//	                                                       policy.json, …
//	aws/PARTITION/accounts/ID/organization.json, s3-bpa.json, …
//	aws/PARTITION/organizations/ID/metadata.json, ous.json, accounts.json, …
//	aws/PARTITION/organizations/ID/scps/ID/metadata.json, policy.json
//	aws/PARTITION/indexes/…
//
// This is the one input that is recognised by its paths: policy.json holds a
// document that does not say what it is attached to. A copy that begins at
// accounts/ or organizations/ is read too, if a metadata.json is in it. Paths are in lower case
// and the names in them escaped, so ARNs come from metadata.json only. All of
// an account, or of an organization, becomes one part; the files of one
// directory are held at a time.
//
// That tool leaves out a file both where there is nothing and where it was not
// let in. A missing policy.json reads as "no policy" where the tool asks for
// one, except for KMS keys, which always have one; a note says so.
//
// Not read: shares of Resource Access Manager, endpoint policies, and what has
// no bearing on access. Each kind of file that is passed over is named once,
// with the reason.
package collect

import (
	"path/filepath"
	"slices"
	"strings"

	"accesspath/policy"
)

// A place is what the path of a file says.
type place struct {
	unit    string // directory of the account, the organization or the indexes
	kind    string // "accounts", "organizations" or "indexes"
	id      string // of the account or organization
	dir     string // between the unit and the file, with slashes; "" for the unit's own files
	file    string // without .json, in lower case
	service string // first of dir
	whole   bool   // aws/PARTITION/ stands before the kind
}

// Units gathers the files of the layout by the directory that makes one part.
// Files that are not in the layout have "".
func Units(names []string) []string {
	out := make([]string, len(names))
	described := map[string]bool{} // units that hold something with metadata
	for _, name := range names {
		if p, ok := locate(name); ok && p.file == "metadata" && (p.dir != "" || p.kind == "organizations") {
			described[p.unit] = true
		}
	}
	for i, name := range names {
		if p, ok := locate(name); ok && (p.whole || described[p.unit] && p.certain()) {
			out[i] = p.unit
		}
	}
	return out
}

// certain tells files of the layout from others that lie in a directory which
// is called like one of its own.
func (p *place) certain() bool {
	return p.dir != "" || slices.Contains(accountFiles, p.file) || p.kind == "organizations" && slices.Contains(organizationFiles, p.file)
}

func locate(name string) (place, bool) {
	segments := strings.Split(filepath.ToSlash(name), "/")
	file, isJSON := strings.CutSuffix(strings.ToLower(segments[len(segments)-1]), ".json")
	if !isJSON {
		return place{}, false
	}
	for i := 0; i+3 < len(segments); i++ {
		if segments[i] == "aws" && strings.HasPrefix(segments[i+1], "aws") {
			if p, ok := below(segments, i+2, file); ok {
				p.whole = true
				return p, true
			}
		}
	}
	for i := range segments {
		if p, ok := below(segments, i, file); ok && p.kind != "indexes" {
			return p, true
		}
	}
	return place{}, false
}

// below reads a path from the segment that says its kind.
func below(segments []string, at int, file string) (place, bool) {
	p := place{kind: segments[at], file: file}
	first := at + 1 // of what follows the unit
	switch p.kind {
	case "indexes":
	case "accounts", "organizations":
		if at+2 >= len(segments) {
			return p, false
		}
		if p.id = segments[at+1]; !p.named() {
			return p, false
		}
		first++
	default:
		return p, false
	}
	if first >= len(segments) {
		return p, false
	}
	p.unit = strings.Join(segments[:first], "/")
	p.dir = strings.Join(segments[first:len(segments)-1], "/")
	p.service, _, _ = strings.Cut(p.dir, "/")
	return p, true
}

func (p *place) named() bool {
	if p.kind == "accounts" {
		return policy.IsAccountID(p.id)
	}
	return strings.HasPrefix(p.id, "o-")
}
