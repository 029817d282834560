package main

import (
	"bytes"
	"strings"

	"go.yaml.in/yaml/v3"

	"accesspath/internal/strictyaml"
	"accesspath/policy"
)

// maxVendors bounds a file of owners of accounts, in bytes.
const maxVendors = 16 << 20

// readOwners reads who owns which accounts, from a list in the form in which
// such lists are published: for each owner a name and account ids, and
// "type: aws" where it is a service of AWS. "" is no file.
func (e *env) readOwners(file string) (map[string]string, error) {
	if file == "" {
		return nil, nil
	}
	text, err := e.readAll(file, maxVendors)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	err = strictyaml.Read(file, bytes.NewReader(text), func(in *strictyaml.Reader, root *yaml.Node) {
		for _, item := range in.List(root) {
			owner(in, item, out)
		}
	})
	return out, err
}

// owner reads one item of the list into names by account.
func owner(in *strictyaml.Reader, item *yaml.Node, out map[string]string) {
	var name string
	var accounts []*yaml.Node
	aws := false
	ok := in.Members(item, []string{"name", "accounts", "type", "source", "enabled", "deprecated_date"}, func(key string, value *yaml.Node) {
		switch key {
		case "name":
			name = in.Text(value)
		case "accounts":
			accounts = in.List(value)
		case "type":
			if aws = in.Text(value) == "aws"; !aws {
				in.At(value, `the only type is "aws", for services of AWS`)
			}
		}
	})
	if ok && name == "" {
		in.At(item, `"name" is missing`)
	}
	if aws && !strings.HasPrefix(name, "AWS") {
		name = "AWS (" + name + ")"
	}
	for _, a := range accounts {
		if !policy.IsAccountID(a.Value) {
			in.At(a, "this is %s, want an account id of 12 digits in quotes", strictyaml.Word(a))
			continue
		}
		out[a.Value] = name
	}
}
