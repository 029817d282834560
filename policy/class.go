package policy

// A Class says who determines the value of a condition key (section 10.4). The
// order is that of CHAIN-46: a heavier class is harder to meet, or less known.
type Class uint8

// The classes, lightest first.
const (
	ClassNone      Class = iota
	ClassRequest         // the caller picks it per call
	ClassSession         // fixed when the session was issued
	ClassPrincipal       // who the caller is
	ClassKnowledge       // the caller must know it
	ClassNetwork
	ClassTime
	ClassMFA
	ClassIDP
	ClassService
	ClassResource
	ClassData      // not in the snapshot
	ClassUncertain // not settled by AWS's documentation (section 16)
)

var classNames = [...]string{"", "REQUEST", "SESSION", "PRINCIPAL", "KNOWLEDGE", "NETWORK", "TIME", "MFA", "IDP", "SERVICE", "RESOURCE", "DATA", "U"}

func (c Class) String() string { return classNames[c] }
