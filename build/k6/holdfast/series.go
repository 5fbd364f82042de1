package holdfast

import (
	"go.k6.io/k6/v2/metrics"
)

type kind string

const (
	kindTime    kind = "time"
	kindTrend   kind = "trend"
	kindRate    kind = "rate"
	kindCounter kind = "counter"
	kindGauge   kind = "gauge"
)

// timed kinds have a histogram.
func (k kind) timed() bool { return k == kindTime || k == kindTrend }

func kindOf(metric *metrics.Metric) kind {
	switch metric.Type {
	case metrics.Trend:
		if metric.Contains == metrics.Time {
			return kindTime
		}
		return kindTrend
	case metrics.Rate:
		return kindRate
	case metrics.Gauge:
		return kindGauge
	default:
		return kindCounter
	}
}

// seriesKey tells windows of the same second apart.
type seriesKey struct {
	metric, scenario, name, status string
	ok                             bool
}

// series is everything with one key; open holds its windows since the last flush.
type series struct {
	kind         kind
	name         string // `other` beyond maxSeries
	ok           bool
	thresholdsUs []int64
	words        string // the key as JSON, ready to be copied into each line
	open         []*window
}

// otherName takes the series beyond maxSeries.
const otherName = "other"

// seriesTable makes series, and keeps count of them.
type seriesTable struct {
	config   config
	all      map[seriesKey]*series
	named    int       // series that do not come from the overflow
	touched  []*series // those with open windows
	spare    []*window
	overflow bool // a series went to `other`
}

func newSeriesTable(config config) seriesTable {
	return seriesTable{config: config, all: make(map[seriesKey]*series)}
}

// find gives the series of a key, or makes it. Beyond maxSeries it gives the one named `other`.
func (t *seriesTable) find(metric *metrics.Metric, key seriesKey) *series {
	if found, ok := t.all[key]; ok {
		return found
	}
	if t.named >= t.config.MaxSeries {
		t.overflow = true
		key.name = otherName
		if found, ok := t.all[key]; ok {
			return found
		}
	} else {
		t.named++
	}
	s := &series{kind: kindOf(metric), name: key.name, ok: key.ok}
	if s.kind == kindTime {
		s.thresholdsUs = t.config.ThresholdsUs[key.metric]
	}
	ok := "false"
	if key.ok {
		ok = "true"
	}
	s.words = `,"metric":` + quote(key.metric) + `,"kind":` + quote(string(s.kind)) +
		`,"scenario":` + quote(key.scenario) + `,"name":` + quote(key.name) +
		`,"status":` + quote(key.status) + `,"ok":` + ok
	t.all[key] = s
	return s
}

// window gives the series' window of a second. There are few of them between two flushes, and the
// newest is nearly always meant.
func (t *seriesTable) window(s *series, second int64) *window {
	for i := len(s.open) - 1; i >= 0; i-- {
		if s.open[i].second == second {
			return s.open[i]
		}
	}
	var w *window
	if last := len(t.spare) - 1; last >= 0 {
		w, t.spare = t.spare[last], t.spare[:last]
	} else {
		w = &window{}
	}
	w.reset(second, s.thresholdsUs)
	if len(s.open) == 0 {
		t.touched = append(t.touched, s)
	}
	s.open = append(s.open, w)
	return w
}

// drain writes every open window and forgets it.
func (t *seriesTable) drain(lines []byte, sum *totals) []byte {
	for _, s := range t.touched {
		for _, w := range s.open {
			lines = w.appendLine(lines, s)
			if s.kind != kindGauge {
				sum.samples += w.n
				if !s.ok {
					sum.bad += w.n
				}
			}
		}
		t.spare = append(t.spare, s.open...)
		s.open = s.open[:0]
	}
	t.touched = t.touched[:0]
	return lines
}
