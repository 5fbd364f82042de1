package holdfast

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"go.k6.io/k6/v2/lib/netext/httpext"
	"go.k6.io/k6/v2/metrics"
	"gopkg.in/guregu/null.v3"
)

// line is any line of the stream.
type line struct {
	Type, Metric, Kind, Scenario, Name, Status, Error, Sli string

	Ok                          bool
	S, N                        int64
	Sum, Min, Max               float64
	FirstUs, LastUs             int64
	Over                        [][6]int64
	Hist                        []int64
	Started, Completed, Dropped int64
	Active, MaxSeries           int64
	FromUs, ToUs                int64
	Ranges                      [][2]int64
	Failed, FailedAfterGood     int64
	DurationUs, LongestUs       int64
	Totals                      map[string]int64
}

// source makes samples as k6 does.
type source struct {
	registry *metrics.Registry
	builtin  *metrics.BuiltinMetrics
}

func newSource() *source {
	registry := metrics.NewRegistry()
	return &source{registry, metrics.RegisterBuiltinMetrics(registry)}
}

func (s *source) tags(pairs ...string) *metrics.TagSet {
	tags := s.registry.RootTagSet()
	for i := 0; i < len(pairs); i += 2 {
		tags = tags.With(pairs[i], pairs[i+1])
	}
	return tags
}

func (s *source) sample(metric *metrics.Metric, at time.Time, value float64, tags ...string) metrics.Sample {
	return metrics.Sample{TimeSeries: metrics.TimeSeries{Metric: metric, Tags: s.tags(tags...)}, Time: at, Value: value}
}

func (s *source) ack(at time.Time, write string) metrics.Sample {
	ack := s.sample(s.registry.MustNewMetric(ackMetric, metrics.Counter), at, 1, "scenario", "load")
	ack.Metadata = map[string]string{"write": write}
	return ack
}

func (s *source) request(end time.Time, blocked, duration time.Duration, tags ...string) *httpext.Trail {
	set := s.tags(tags...)
	return &httpext.Trail{
		EndTime: end, Blocked: blocked, Duration: duration, Tags: set,
		Failed: null.BoolFrom(tag(set, "expected_response") == "false"),
	}
}

func testConfig() config {
	return config{SchemaVersion: schemaVersion, FlushMs: 200, MaxSeries: 1000, ThresholdsUs: map[string][]int64{
		requestMetric: {100_000, 500_000}, "http_req_duration": {500_000},
	}}
}

func testAggregate() *aggregate {
	return newAggregate(testConfig(), map[string]string{"load": "GET /"})
}

// drained parses what the aggregate would write now.
func drained(t *testing.T, a *aggregate, final bool) []line {
	t.Helper()
	return parse(t, a.drain(nil, final))
}

func parse(t *testing.T, text []byte) []line {
	t.Helper()
	var lines []line
	for _, raw := range bytes.Split(bytes.TrimSpace(text), []byte("\n")) {
		if len(raw) == 0 {
			continue
		}
		var parsed line
		if err := json.Unmarshal(raw, &parsed); err != nil {
			t.Fatalf("%v in line %s", err, raw)
		}
		lines = append(lines, parsed)
	}
	return lines
}

func only(lines []line, kind string) []line {
	var found []line
	for _, l := range lines {
		if l.Type == kind {
			found = append(found, l)
		}
	}
	return found
}

// at is a time some microseconds into second 1000.
func at(us int64) time.Time { return time.Unix(1000, us*1000) }
