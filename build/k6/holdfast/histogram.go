package holdfast

import (
	"math"
	"math/bits"
	"slices"
	"strconv"
)

// bucketOf is the formula of model/histogram.ts: log-linear buckets with three significant digits.
// Values up to 1e15 have buckets below 65,536.
func bucketOf(value int64) uint16 {
	if value < 2048 {
		return uint16(max(value, 0))
	}
	shift := bits.Len64(uint64(value)) - 11
	return uint16(shift*1024 + int(value>>shift))
}

// thousandths of a value, rounded down: microseconds of milliseconds. A value that is a whole
// number of millionths (k6 measures in nanoseconds) comes out exact: half a millionth is more than
// the error of the multiplication, so 1.001 gives 1001 and not 1000.
func thousandths(value float64) int64 {
	return int64(math.Floor(value*1000 + 0.0005))
}

// appendHistogram writes [bucket, count, bucket, count, ...] and leaves the buckets sorted.
func appendHistogram(line []byte, buckets []uint16) []byte {
	slices.Sort(buckets)
	line = append(line, '[')
	for start := 0; start < len(buckets); {
		end := start + 1
		for end < len(buckets) && buckets[end] == buckets[start] {
			end++
		}
		if start > 0 {
			line = append(line, ',')
		}
		line = strconv.AppendUint(line, uint64(buckets[start]), 10)
		line = append(line, ',')
		line = strconv.AppendInt(line, int64(end-start), 10)
		start = end
	}
	return append(line, ']')
}
