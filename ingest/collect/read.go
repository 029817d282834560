package collect

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"slices"

	"accesspath/iam"
	"accesspath/ingest/internal/part"
	"accesspath/ingest/internal/scan"
)

// A File is one file of a unit.
type File struct {
	Name string
	Open func() (io.ReadCloser, error)
}

// Options are those of reading in general.
type Options struct {
	Limits         scan.Limits
	MaxDiagnostics int // of each code and unit
}

// Format is the name of the recognizer in iam.Source.
const Format = "iam-collect"

// unit is an account, or an organization, under way.
type unit struct {
	file    *scan.File
	part    *part.Part
	o       Options
	kind    string
	id      string
	page    bool            // something of IAM was there
	account part.Account    // facts of the account
	center  centerFacts     // of Identity Center
	ignored map[string]skip // by kind of file
	assumed int             // resources read as having no policy
	sum     []byte          // digests of the files in order
}

// skip counts files of a kind that are passed over.
type skip struct {
	n     int
	first string
	why   string
}

// Read reads the files of one unit. Whatever happens there is a part.
func Read(ctx context.Context, dir string, files []File, docs *scan.Documents, o Options) *part.Part {
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b File) int { // those of one directory together
		x, _ := locate(a.Name)
		y, _ := locate(b.Name)
		return cmp.Or(cmp.Compare(x.dir, y.dir), cmp.Compare(a.Name, b.Name))
	})
	first, _ := locate(files[0].Name)
	u := &unit{
		file: scan.NewFile(dir, docs, o.MaxDiagnostics), part: &part.Part{Source: iam.Source{Name: dir}},
		o: o, kind: first.kind, id: first.id, ignored: map[string]skip{},
	}
	for len(files) > 0 && ctx.Err() == nil {
		at, _ := locate(files[0].Name)
		n := slices.IndexFunc(files, func(f File) bool { p, _ := locate(f.Name); return p.dir != at.dir })
		if n < 0 {
			n = len(files)
		}
		u.directory(ctx, at, files[:n])
		files = files[n:]
	}
	u.finish()
	return u.part
}

// directory reads the files of one directory and decodes them together.
func (u *unit) directory(ctx context.Context, at place, files []File) {
	d := &directory{unit: u, place: at, values: map[string]scan.Value{}, names: map[string]string{}}
	for _, f := range files {
		p, _ := locate(f.Name)
		if why := d.skips(p.file); why != "" {
			u.ignore(d.kindOf(p.file), f.Name, why)
			continue
		}
		if v, ok := u.value(ctx, f); ok {
			d.values[p.file], d.names[p.file] = v, f.Name
		} else {
			d.broken = append(d.broken, p.file)
		}
	}
	d.decode()
}

// value reads a file that holds one JSON value.
func (u *unit) value(ctx context.Context, f File) (scan.Value, bool) {
	fail := func(code, message string) (scan.Value, bool) {
		u.part.Broken = true
		u.file.Report(iam.Diagnostic{Severity: iam.Error, Code: code, Origin: iam.Origin{File: f.Name}, Message: message, Hint: "collect again"})
		return scan.Value{}, false
	}
	in, err := f.Open()
	if err != nil {
		return fail("unreadable-file", "the file cannot be opened")
	}
	defer func() { _ = in.Close() }() // it was only read
	r, err := scan.Open(scan.Cancelable(ctx, in), u.o.Limits)
	if err != nil {
		return fail("unreadable-file", "the file cannot be unpacked: "+err.Error())
	}
	defer r.Close()
	file := scan.NewFile(f.Name, nil, u.o.MaxDiagnostics)
	v, err := scan.NewStream(file, r).Value()
	u.part.Diagnostics = append(u.part.Diagnostics, file.Diagnostics()...)
	if err != nil {
		return fail("invalid-json", "no JSON value: "+scan.Reason(err))
	}
	v = v.Keep()
	if sum, n, err := r.Sum(); err == nil {
		u.sum = append(u.sum, sum...)
		u.part.Source.Bytes += n
	}
	return v, true
}

func (u *unit) ignore(kind, name, why string) {
	s, ok := u.ignored[kind]
	if !ok {
		s = skip{first: name, why: why}
	}
	s.n++
	u.ignored[kind] = s
}

// finish adds what is known only when all files were seen, and names what was
// passed over.
func (u *unit) finish() {
	if len(u.sum) > 0 {
		sum := sha256.Sum256(u.sum)
		u.part.Source.SHA256 = hex.EncodeToString(sum[:])
		u.part.Took(Format)
	}
	if u.page {
		u.part.Pages = append(u.part.Pages, part.Page{Accounts: []string{u.id}, Lists: allLists})
	}
	u.center.add(u.part)
	if u.kind == "accounts" {
		u.account.ID, u.account.Command, u.account.Origin = u.id, Format, iam.Origin{File: u.part.Source.Name}
		u.part.Accounts = append(u.part.Accounts, u.account)
	}
	if u.assumed > 0 {
		u.file.Report(iam.Diagnostic{Severity: iam.Note, Code: "assumed-no-policy",
			Message: fmt.Sprintf("%d resources have no policy.json and count as having no policy", u.assumed), Hint: "look for denied requests in the output of iam-collect"})
	}
	for _, kind := range slices.Sorted(maps.Keys(u.ignored)) {
		s := u.ignored[kind]
		u.file.Report(iam.Diagnostic{Severity: iam.Note, Code: "ignored-file", Origin: iam.Origin{File: s.first},
			Message: fmt.Sprintf("%s: %s (%d files)", kind, s.why, s.n)})
	}
	u.part.Diagnostics = append(u.part.Diagnostics, u.file.Diagnostics()...)
}

// A directory is the files that say one thing together.
type directory struct {
	*unit
	place
	values map[string]scan.Value // by name of the file without .json
	names  map[string]string     // paths of the files
	broken []string              // those that could not be read
}

// kindOf names a kind of file for people.
func (d *directory) kindOf(file string) string {
	switch {
	case d.place.kind != "accounts":
		return d.place.kind + "/…/" + file + ".json"
	case d.dir == "":
		return file + ".json"
	}
	return d.service + "/…/" + file + ".json"
}

// arn is what metadata.json says the directory is about.
func (d *directory) arn() string { return d.values["metadata"].Get("arn").Text() }

// origin is that of metadata.json.
func (d *directory) origin() iam.Origin { return d.values["metadata"].Origin("") }

// document reads a policy from a file that holds nothing else. Missing is the
// defect of a document that has to be there; "" if it may be absent.
func (d *directory) document(file, name, missing string) *iam.Policy {
	if v, ok := d.values[file]; ok {
		return d.unit.file.Policy(v, name, "", d.arn())
	}
	p := &iam.Policy{Name: name, Origin: d.origin()}
	if missing != "" {
		p.Defect = missing
		d.warn("unreadable-policy", name+": "+missing)
	}
	return p
}

func (d *directory) warn(code, message string) {
	origin := d.origin()
	if origin.File == "" {
		for _, n := range slices.Sorted(maps.Values(d.names)) {
			origin.File = n
			break
		}
	}
	d.unit.file.Report(iam.Diagnostic{Severity: iam.Warning, Code: code, Origin: origin, Entity: d.arn(), Message: message})
}
