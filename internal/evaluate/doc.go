// Package evaluate decides single authorization requests that carry their own
// policies: a policy simulator without an account. It reads requests as JSON,
// hands them to policy.Evaluate and writes the decision as JSON.
//
// By default the world is closed: exactly the context that a request gives
// decides, and every other condition key is absent, also those that the
// principal would imply. In an open world other keys are unknown, what the
// principal implies is known, and what remains is a requirement.
package evaluate
