package rules

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var (
	// leading matches the ids at the beginning of a name.
	leading = regexp.MustCompile(`^[A-Z]{2,6}-[0-9]{2,3}\b(?:[ ,/&]+[A-Z]{2,6}-[0-9]{2,3}\b)*`)
	anyID   = regexp.MustCompile(`\b[A-Z]{2,6}-[0-9]{2,3}\b`)
	// inName matches an id as it is spelled in the name of a function.
	inName = regexp.MustCompile(`([A-Z]{2,6})_?([0-9]{2,3})`)
)

// named maps the ids that tests name to the places where they do, sorted.
type named map[string][]string

func (n named) add(place, text string) {
	for _, id := range anyID.FindAllString(text, -1) {
		if list := n[id]; len(list) == 0 || list[len(list)-1] != place {
			n[id] = append(list, place)
		}
	}
}

// scan collects the ids that the tests below a directory name. The package in
// the directory skip does not count.
func scan(root, skip string) (named, error) {
	found := named{}
	return found, walk(root, skip, found.file)
}

// cited collects the ids that code and documentation below a directory mention
// anywhere.
func cited(root, skip string) (named, error) {
	found := named{}
	return found, walk(root, skip, func(path, place string) error {
		if ext := filepath.Ext(path); ext != ".go" && ext != ".md" {
			return nil
		}
		text, err := os.ReadFile(path)
		found.add(place, string(text))
		return err
	})
}

// walk calls visit with the path of every file, and its place below the root.
func walk(root, skip string, visit func(path, place string) error) error {
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (path == skip || path != root && strings.HasPrefix(d.Name(), ".")):
			return filepath.SkipDir
		case d.IsDir():
			return nil
		}
		place, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		return visit(path, filepath.ToSlash(place))
	})
}

func (n named) file(path, place string) error {
	var read func(place string, text []byte) error
	switch {
	case strings.HasSuffix(path, "_test.go"):
		read = n.goTest
	case strings.HasSuffix(path, ".json") && slices.Contains(strings.Split(place, "/"), "testdata"):
		read = n.jsonCases
	case strings.HasSuffix(path, ".txtar"):
		read = n.script
	default:
		return nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return read(place, text)
}

// goTest reads the names of tests and the beginnings of strings.
func (n named) goTest(place string, text []byte) error {
	f, err := parser.ParseFile(token.NewFileSet(), place, text, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	ast.Inspect(f, func(node ast.Node) bool {
		switch x := node.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.FuncDecl:
			if strings.HasPrefix(x.Name.Name, "Test") || strings.HasPrefix(x.Name.Name, "Fuzz") {
				for _, m := range inName.FindAllStringSubmatch(x.Name.Name, -1) {
					n.add(place, m[1]+"-"+m[2])
				}
			}
		case *ast.BasicLit:
			if s, err := strconv.Unquote(x.Value); err == nil && x.Kind == token.STRING {
				n.add(place, leading.FindString(s))
			}
		}
		return true
	})
	return nil
}

// jsonCases reads the rules of every object that is a case. Files that are not
// JSON are somebody's test of that.
func (n named) jsonCases(place string, text []byte) error {
	var v any
	if json.Unmarshal(text, &v) == nil {
		n.cases(place, v)
	}
	return nil
}

func (n named) cases(place string, v any) {
	switch x := v.(type) {
	case []any:
		for _, e := range x {
			n.cases(place, e)
		}
	case map[string]any:
		if x["name"] != nil && x["want"] != nil {
			n.add(place, fmt.Sprint(x["rule"], " ", x["rules"]))
		}
		for _, e := range x {
			n.cases(place, e)
		}
	}
}

// script reads the commands of a testscript.
func (n named) script(place string, text []byte) error {
	for _, line := range strings.Split(string(text), "\n") {
		if strings.HasPrefix(line, "-- ") && strings.HasSuffix(line, " --") {
			break
		}
		command, _, _ := strings.Cut(line, "#")
		n.add(place, command)
	}
	return nil
}
