package holdfast

import (
	"testing"
	"time"

	"go.k6.io/k6/v2/metrics"
)

// BenchmarkRequest folds what one iteration with one request through the helper produces, 6,000
// iterations per flush as at 30,000 per second.
func BenchmarkRequest(b *testing.B) {
	a, s := testAggregate(), newSource()
	request := s.registry.MustNewMetric(requestMetric, metrics.Trend, metrics.Time)
	began := s.registry.MustNewMetric(startedMetric, metrics.Counter)
	tags := []string{"scenario", "load", "name", "GET /", "status", "200", "expected_response", "true", "ok", "true"}
	iterations := make([][]metrics.SampleContainer, 6000)
	for i := range iterations {
		end := at(int64(i) * 33)
		took := time.Duration(200+i*7919%3000) * time.Microsecond
		iterations[i] = []metrics.SampleContainer{
			s.sample(began, end.Add(-took), 1, "scenario", "load"),
			s.request(end, time.Microsecond, took, tags...),
			s.sample(request, end, metrics.D(took), tags...),
			metrics.ConnectedSamples{Samples: []metrics.Sample{
				s.sample(s.builtin.DataSent, end, 1, "scenario", "load"), s.sample(s.builtin.DataReceived, end, 1, "scenario", "load"),
			}},
			metrics.Samples{
				s.sample(s.builtin.IterationDuration, end, metrics.D(took), "scenario", "load"),
				s.sample(s.builtin.Iterations, end, 1, "scenario", "load"),
			},
		}
	}
	var lines []byte
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		a.add(iterations[i%len(iterations)])
		if i%len(iterations) == len(iterations)-1 {
			lines = a.drain(lines[:0], false)
		}
	}
}
