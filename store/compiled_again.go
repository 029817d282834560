package store

import (
	"fmt"
	"os"
	"time"

	"github.com/go-json-experiment/json"
)

// A snapshot that is the same as the one before down to its positions has the same
// compiled form, but for the head.

// Again writes the form for another snapshot of the same database or another, of
// which all parts are the same, as Compile does for one that is not. asOf is the
// moment for which it would have been built, at which the form has to hold; see At.
func (c *Compiled) Again(database string, info Info, engine string, asOf time.Time) error {
	path := database + compiledSuffix
	err := replaceFile(path, func(f *os.File) error { return c.writeAgain(newFileWriter(f), info, engine, asOf) })
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

func (c *Compiled) writeAgain(out *fileWriter, info Info, engine string, asOf time.Time) error {
	in, err := newFileReader(c.file) // which sees to it that no damage is copied
	if err != nil {
		return err
	}
	var head compiledHead
	if err := json.Unmarshal(in.bytes(), &head); err != nil {
		return err
	}
	head.Engine, head.Snapshot, head.IngestedAt, head.Digest, head.AsOf = engine, info.ID, info.IngestedAt, info.Digest[:], asOf
	text, err := json.Marshal(head)
	if err != nil {
		return err
	}
	out.bytes(text)
	out.write(in.data[in.at:])
	return out.finish()
}

// At reports whether the form holds at another moment, too.
func (c *Compiled) At(asOf time.Time) bool { return c.head.at(asOf) }
