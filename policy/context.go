package policy

// Knowledge tells how much is known of a condition key.
type Knowledge uint8

// Absent is knowledge, not the lack of it: Null and the …IfExists operators
// turn on it (CKEY-62).
const (
	Unknown Knowledge = iota // neither value nor presence
	Absent
	Known
	Present // there, with a value that is not known
	Partial // there, and Pattern matches the value, or it is one of Values
)

// A Value is what is known of one key in one request.
type Value struct {
	Knowledge Knowledge
	Values    []string // of Known; one for single-valued keys, more are candidates (U-07); of Partial
	Pattern   Pattern  // of Partial
}

// Is is the Value of a key that is known.
func Is(values ...string) Value { return Value{Knowledge: Known, Values: values} }

// NotThere is the Value of a key that is known to be absent.
func NotThere() Value { return Value{Knowledge: Absent} }

// Context tells what is known of a condition key, given in lower case.
type Context interface {
	Lookup(key string) Value
}

// ContextFunc is a function as a Context.
type ContextFunc func(key string) Value

// Lookup calls f.
func (f ContextFunc) Lookup(key string) Value { return f(key) }

// Overlay asks each context in turn and takes the first that knows something.
type Overlay []Context

// Lookup returns the first answer that is not Unknown.
func (o Overlay) Lookup(key string) Value {
	for _, c := range o {
		if c == nil {
			continue
		}
		if v := c.Lookup(key); v.Knowledge != Unknown {
			return v
		}
	}
	return Value{}
}

// MapContext is a context given as data; keys are in lower case.
type MapContext map[string]Value

// Lookup returns the entry, Unknown if there is none.
func (m MapContext) Lookup(key string) Value { return m[key] }

// ClosedContext is a MapContext in which every other key is absent.
type ClosedContext map[string]Value

// Lookup returns the entry, Absent if there is none.
func (m ClosedContext) Lookup(key string) Value {
	if v, ok := m[key]; ok {
		return v
	}
	return NotThere()
}
