package holdfast

// totals counts all that was written, for the last line: a record whose lines add up to anything
// else has lost some, or has some twice. Merging increments leaves these sums as they are.
type totals struct {
	// samples are those of all windows but gauges', which merge to one; bad are the ones that were not ok.
	samples, bad int64
	load         loadCounts
	acks, errors int64
}

func (t *totals) append(line []byte) []byte {
	line = appendField(line, `{"samples":`, t.samples)
	line = appendField(line, `,"bad":`, t.bad)
	line = t.load.append(line)
	line = appendField(line, `,"acks":`, t.acks)
	line = appendField(line, `,"errors":`, t.errors)
	return append(line, '}')
}
