package holdfast

import "strings"

const (
	maxFailures     = 50
	maxFailureBytes = 200
)

type failureKey struct{ name, error string }

// failure counts one error text of one request name.
type failure struct {
	key   failureKey
	words string // name and error as JSON
	// fromHTTP: seen by k6's own http metrics, and so perhaps by the request helper too.
	fromHTTP bool
	n        int64 // since the last flush
	waiting  int64 // from the flush before
}

// failureTable counts error texts, at most maxFailures distinct ones.
type failureTable struct {
	all []*failure
	// helped are the names that the request helper counts itself. What k6 says about these is left
	// out, or each failure would be listed twice. Since k6 speaks first, its word waits for one flush.
	helped map[string]bool
}

func newFailureTable() failureTable { return failureTable{helped: make(map[string]bool)} }

// find gives the counter of a text. It is called once per tag set, not per sample.
func (t *failureTable) find(name, text string, fromHTTP bool) *failure {
	if len(text) > maxFailureBytes {
		text = strings.ToValidUTF8(text[:maxFailureBytes], "")
	}
	key := failureKey{name, text}
	if found := t.lookUp(key, fromHTTP); found != nil {
		return found
	}
	if len(t.all) >= maxFailures {
		key = failureKey{otherName, "other errors"}
		fromHTTP = false
		if found := t.lookUp(key, fromHTTP); found != nil {
			return found
		}
	}
	f := &failure{key: key, words: `"name":` + quote(key.name) + `,"error":` + quote(key.error), fromHTTP: fromHTTP}
	t.all = append(t.all, f)
	return f
}

func (t *failureTable) lookUp(key failureKey, fromHTTP bool) *failure {
	for _, f := range t.all {
		if f.key == key && f.fromHTTP == fromHTTP {
			return f
		}
	}
	return nil
}

func (t *failureTable) drain(lines []byte, sum *totals, final bool) []byte {
	for _, f := range t.all {
		ready := f.n
		switch {
		case f.fromHTTP && t.helped[f.key.name]:
			ready, f.waiting = 0, 0
		case f.fromHTTP && final:
			ready, f.waiting = f.waiting+f.n, 0
		case f.fromHTTP:
			ready, f.waiting = f.waiting, f.n
		}
		f.n = 0
		if ready > 0 {
			sum.errors += ready
			lines = append(append(lines, `{"type":"error",`...), f.words...)
			lines = appendField(lines, `,"n":`, ready)
			lines = append(lines, "}\n"...)
		}
	}
	return lines
}
