package policy

import "strings"

// principalTag: the session's tag decides before the role's (SYM-20); tag keys
// ignore case (GAAD-21, SYM-23).
func (c *requestContext) principalTag(key, tag string) Value {
	switch c.caller.Kind {
	case CallerRole:
		if c.facts.Session == nil {
			return Value{}
		}
		if v := c.facts.Session.Lookup(key); v.Knowledge != Unknown {
			return v
		}
		return Value{}
	case CallerUser, CallerFederatedUser: // whose session has the user's tags, unless others were passed
		switch {
		case c.caller.Kind == CallerFederatedUser && c.facts.Session != nil:
			return c.facts.Session.Lookup(key)
		case c.facts.CallerTagsUnknown:
			return Value{}
		}
		return TagValue(c.facts.CallerTags, tag)
	case CallerAccount:
		return Value{}
	case CallerService:
		if c.caller.ARN == rolesAnywhere {
			return Value{} // the certificate's subject and issuer (FED-17)
		}
	}
	return NotThere()
}

// rolesAnywhere is the service whose calls carry a certificate as tags.
const rolesAnywhere = "rolesanywhere.amazonaws.com"

// TagValue looks a tag up, ignoring case; several that differ only in case are
// candidates (U-07).
func TagValue(tags []Tag, key string) Value {
	var values []string
	for _, t := range tags {
		if strings.EqualFold(t.Key, key) {
			values = append(values, t.Value)
		}
	}
	if len(values) == 0 {
		return NotThere()
	}
	return Is(values...)
}
