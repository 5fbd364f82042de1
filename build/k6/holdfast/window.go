package holdfast

import "strconv"

// window holds what one series gathered for one second since the last flush.
type window struct {
	second        int64
	n             int64
	sum, min, max float64
	firstUs       int32
	lastUs        int32
	over          []thresholdCount
	// buckets has one entry per sample: appending is cheaper than any sparse counter, and the flush
	// sorts them into counts.
	buckets []uint16
}

// thresholdCount is ThresholdCount of model/window.ts; -1 where there was no sample.
type thresholdCount struct {
	thresholdUs           int64
	over                  int64
	firstOver, lastOver   int32
	firstUnder, lastUnder int32
}

// reset makes a used window a new one and keeps its memory.
func (w *window) reset(second int64, thresholdsUs []int64) {
	*w = window{second: second, over: w.over[:0], buckets: w.buckets[:0]}
	for _, us := range thresholdsUs {
		w.over = append(w.over, thresholdCount{us, 0, -1, -1, -1, -1})
	}
}

// add counts one sample that started offsetUs after the window's start.
func (w *window) add(value float64, offsetUs int32) {
	if w.n == 0 {
		w.min, w.max, w.firstUs, w.lastUs = value, value, offsetUs, offsetUs
	}
	w.n++
	w.sum += value
	w.min = min(w.min, value)
	w.max = max(w.max, value)
	w.firstUs = min(w.firstUs, offsetUs)
	w.lastUs = max(w.lastUs, offsetUs)
}

// addTimed counts one sample with histogram and thresholds; value is in microseconds or thousandths.
func (w *window) addTimed(value int64, offsetUs int32) {
	w.add(float64(value), offsetUs)
	w.buckets = append(w.buckets, bucketOf(value))
	for i := range w.over {
		w.over[i].add(value, offsetUs)
	}
}

func (t *thresholdCount) add(value int64, offsetUs int32) {
	if value >= t.thresholdUs {
		t.over++
		widen(&t.firstOver, &t.lastOver, offsetUs)
	} else {
		widen(&t.firstUnder, &t.lastUnder, offsetUs)
	}
}

func widen(first, last *int32, offsetUs int32) {
	if *first < 0 || offsetUs < *first {
		*first = offsetUs
	}
	*last = max(*last, offsetUs)
}

// appendLine writes the window as a line of series s.
func (w *window) appendLine(line []byte, s *series) []byte {
	line = append(line, `{"type":"window","s":`...)
	line = strconv.AppendInt(line, w.second, 10)
	line = append(line, s.words...)
	line = appendField(line, `,"n":`, w.n)
	line = appendNumber(append(line, `,"sum":`...), w.sum)
	line = appendNumber(append(line, `,"min":`...), w.min)
	line = appendNumber(append(line, `,"max":`...), w.max)
	line = appendField(line, `,"firstUs":`, int64(w.firstUs))
	line = appendField(line, `,"lastUs":`, int64(w.lastUs))
	if s.kind == kindTime && len(w.over) > 0 {
		line = append(line, `,"over":[`...)
		for i := range w.over {
			if i > 0 {
				line = append(line, ',')
			}
			line = w.over[i].appendTuple(line)
		}
		line = append(line, ']')
	}
	if s.kind.timed() {
		line = appendHistogram(append(line, `,"hist":`...), w.buckets)
	}
	return append(line, "}\n"...)
}

func (t *thresholdCount) appendTuple(line []byte) []byte {
	line = strconv.AppendInt(append(line, '['), t.thresholdUs, 10)
	line = appendField(line, ",", t.over)
	line = appendField(line, ",", int64(t.firstOver))
	line = appendField(line, ",", int64(t.lastOver))
	line = appendField(line, ",", int64(t.firstUnder))
	line = appendField(line, ",", int64(t.lastUnder))
	return append(line, ']')
}
