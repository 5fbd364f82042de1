package holdfast

import (
	"strconv"
	"strings"
	"testing"

	"go.k6.io/k6/v2/metrics"
)

func TestFailureTexts(t *testing.T) {
	s := newSource()
	for want, tags := range map[string][]string{
		"dial: connection refused": {"error", "dial: connection refused", "error_code", "1212", "status", "0"},
		"unexpected status 503":    {"error_code", "1503", "status", "503"},
		"error code 1000":          {"error_code", "1000"},
		"not ok":                   nil,
	} {
		if got := failureText(s.tags(tags...)); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestAFailureIsCountedOnce(t *testing.T) {
	a, s := testAggregate(), newSource()
	request := s.registry.MustNewMetric(requestMetric, metrics.Trend, metrics.Time)
	plain := s.request(at(0), 0, 0, "name", "plain", "status", "500", "expected_response", "false")
	inHelper := s.request(at(0), 0, 0, "name", "helped", "status", "500", "expected_response", "false")
	a.add([]metrics.SampleContainer{plain, inHelper, plain})
	if lines := only(drained(t, a, false), "error"); len(lines) != 0 {
		t.Fatalf("the helper has not spoken yet: %+v", lines)
	}
	a.add([]metrics.SampleContainer{s.sample(request, at(0), 1, "name", "helped", "status", "500", "ok", "false", "error", "wrong body")})
	a.add([]metrics.SampleContainer{plain})
	lines := only(drained(t, a, false), "error")
	if len(lines) != 2 || lines[0].Name != "plain" || lines[0].N != 2 || lines[1].Error != "wrong body" || lines[1].N != 1 {
		t.Fatalf("%+v", lines)
	}
	last := only(drained(t, a, true), "error")
	if len(last) != 1 || last[0].Name != "plain" || last[0].N != 1 {
		t.Errorf("%+v", last)
	}
}

func TestExpectedAnswersAreNoFailures(t *testing.T) {
	a, s := testAggregate(), newSource()
	a.add([]metrics.SampleContainer{s.request(at(0), 0, 0, "name", "x", "status", "401", "error_code", "1401", "expected_response", "true")})
	if lines := only(drained(t, a, true), "error"); len(lines) != 0 {
		t.Errorf("%+v", lines)
	}
}

func TestFailuresAreBounded(t *testing.T) {
	table := newFailureTable()
	for i := range 1000 {
		table.find("x", strings.Repeat("é", 300)+strconv.Itoa(i), false).n++ // cut to the same text
		table.find("x", strconv.Itoa(i), false).n++
	}
	lines := parse(t, table.drain(nil, &totals{}, true))
	last := lines[len(lines)-1]
	if len(lines) != maxFailures+1 || last.Name != "other" || last.N != 1000-(maxFailures-1) || lines[0].N != 1000 {
		t.Errorf("%d lines, first %+v, last %+v", len(lines), lines[0], last)
	}
}
