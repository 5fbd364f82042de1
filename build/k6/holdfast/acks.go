package holdfast

import (
	"slices"
	"strconv"
)

// acks holds the numbers of the writes of one scenario that were acknowledged since the last flush.
type acks struct {
	words        string // the scenario as JSON
	numbers      []uint64
	fromUs, toUs int64
}

func newAcks(scenario string) *acks {
	return &acks{words: `"scenario":` + quote(scenario)}
}

func (a *acks) add(number uint64, atUs int64) {
	if len(a.numbers) == 0 {
		a.fromUs, a.toUs = atUs, atUs
	}
	a.numbers = append(a.numbers, number)
	a.fromUs = min(a.fromUs, atUs)
	a.toUs = max(a.toUs, atUs)
}

// drain writes the numbers as inclusive ranges, sorted.
func (a *acks) drain(lines []byte, sum *totals) []byte {
	if len(a.numbers) == 0 {
		return lines
	}
	slices.Sort(a.numbers)
	numbers := slices.Compact(a.numbers)
	sum.acks += int64(len(numbers))
	lines = append(lines, `{"type":"acks",`...)
	lines = append(lines, a.words...)
	lines = appendField(lines, `,"fromUs":`, a.fromUs)
	lines = appendField(lines, `,"toUs":`, a.toUs)
	lines = append(lines, `,"ranges":[`...)
	for start := 0; start < len(numbers); {
		end := start
		for end+1 < len(numbers) && numbers[end+1] == numbers[end]+1 {
			end++
		}
		if start > 0 {
			lines = append(lines, ',')
		}
		lines = strconv.AppendUint(append(lines, '['), numbers[start], 10)
		lines = strconv.AppendUint(append(lines, ','), numbers[end], 10)
		lines = append(lines, ']')
		start = end + 1
	}
	a.numbers = a.numbers[:0]
	return append(lines, "]}\n"...)
}
