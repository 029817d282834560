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
// document that does not say what it is attached to. Paths are in lower case
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
}

// Unit returns the directory whose files make one part, if name is that of a
// file in the layout.
func Unit(name string) (string, bool) {
	p, ok := locate(name)
	return p.unit, ok
}

func locate(name string) (place, bool) {
	segments := strings.Split(filepath.ToSlash(name), "/")
	file, isJSON := strings.CutSuffix(strings.ToLower(segments[len(segments)-1]), ".json")
	if !isJSON {
		return place{}, false
	}
	for i := 0; i+3 < len(segments); i++ {
		if segments[i] != "aws" || !strings.HasPrefix(segments[i+1], "aws") {
			continue
		}
		p := place{kind: segments[i+2], file: file}
		first := i + 3 // of what follows the unit
		switch p.kind {
		case "indexes":
		case "accounts", "organizations":
			if p.id = segments[i+3]; !p.named() || i+4 >= len(segments) {
				continue
			}
			first++
		default:
			continue
		}
		p.unit = strings.Join(segments[:first], "/")
		p.dir = strings.Join(segments[first:len(segments)-1], "/")
		p.service, _, _ = strings.Cut(p.dir, "/")
		return p, true
	}
	return place{}, false
}

func (p *place) named() bool {
	if p.kind == "accounts" {
		return policy.IsAccountID(p.id)
	}
	return strings.HasPrefix(p.id, "o-")
}
