package holdfast

import (
	"fmt"
	"testing"

	"go.k6.io/k6/v2/metrics"
)

// fails makes the samples of iterations that send a request of the SLI and fail.
type fails struct {
	iterations
	failed *metrics.Metric
}

func newFails() fails {
	i := newIterations()
	return fails{i, i.registry.MustNewMetric(failedMetric, metrics.Trend, metrics.Time)}
}

func (f fails) of(iteration int, sample metrics.Sample) metrics.Sample {
	sample.Metadata = map[string]string{"vu": "1", "iter": fmt.Sprint(iteration)}
	return sample
}

func (f fails) request(iteration int, name, ok string) {
	request, err := f.registry.NewMetric(requestMetric, metrics.Trend, metrics.Time)
	if err != nil {
		panic(err)
	}
	f.a.add([]metrics.SampleContainer{f.of(iteration, f.sample(request, at(500_000), 1, "scenario", "load", "name", name, "ok", ok))})
}

func (f fails) fail(iteration int, text string) {
	f.a.add([]metrics.SampleContainer{f.of(iteration, f.sample(f.failed, at(1_200_000), 700, "scenario", "load", "error", text))})
}

func (f fails) check(iteration int, value float64) {
	f.a.add([]metrics.SampleContainer{f.of(iteration, f.sample(f.builtin.Checks, at(1_200_000), value, "scenario", "load", "check", "is there"))})
}

func (f fails) counts(t *testing.T) (counts [2]int64, lines []line) {
	t.Helper()
	lines = drained(t, f.a, true)
	for _, l := range only(lines, "load") {
		counts[0] += l.Failed
		counts[1] += l.FailedAfterGood
	}
	return counts, lines
}

func TestAnIterationThatFailsIsOneBadEvent(t *testing.T) {
	for title, c := range map[string]struct {
		happens func(f fails)
		want    [2]int64
	}{
		"nothing was sent":              {func(f fails) { f.fail(0, "x") }, [2]int64{1, 0}},
		"a good request was sent":       {func(f fails) { f.request(0, "GET /", "true"); f.fail(0, "x") }, [2]int64{1, 1}},
		"its request was bad":           {func(f fails) { f.request(0, "GET /", "false"); f.fail(0, "x") }, [2]int64{0, 0}},
		"another request was bad":       {func(f fails) { f.request(0, "GET /b", "false"); f.fail(0, "x") }, [2]int64{1, 0}},
		"the one before was bad":        {func(f fails) { f.request(0, "GET /", "false"); f.fail(1, "x") }, [2]int64{1, 0}},
		"two checks failed":             {func(f fails) { f.check(0, 0); f.check(0, 0) }, [2]int64{1, 0}},
		"a check failed, then it threw": {func(f fails) { f.request(0, "GET /", "true"); f.check(0, 0); f.fail(0, "x") }, [2]int64{1, 1}},
		"a check held":                  {func(f fails) { f.check(0, 1) }, [2]int64{0, 0}},
	} {
		t.Run(title, func(t *testing.T) {
			f := newFails()
			c.happens(f)
			if got, lines := f.counts(t); got != c.want {
				t.Errorf("%v, want %v: %+v", got, c.want, lines)
			}
		})
	}
}

func TestAFailedIterationCountsInTheSecondOfItsStartAndTellsWhy(t *testing.T) {
	f := newFails()
	f.fail(0, "TypeError: no token")
	f.check(1, 0)
	_, lines := f.counts(t)
	if loads := only(lines, "load"); loads[0].S != 1000 || loads[0].Failed != 1 {
		t.Errorf("%+v", loads)
	}
	texts := map[string]int64{}
	for _, l := range only(lines, "error") {
		texts[l.Name+": "+l.Error] = l.N
	}
	if texts["GET /: exception: TypeError: no token"] != 1 || texts["GET /: check failed: is there"] != 1 || len(texts) != 2 {
		t.Errorf("%v", texts)
	}
	if windows := only(lines, "window"); len(windows) != 1 || windows[0].Name != "is there" || windows[0].Sum != 0 {
		t.Errorf("%+v", windows)
	}
}

func TestWithoutMetadataEveryFailureCounts(t *testing.T) {
	f := newFails()
	for range 2 {
		f.a.add([]metrics.SampleContainer{f.sample(f.failed, at(0), 0, "scenario", "load", "error", "x")})
	}
	f.a.failUnseen("load", "x", 1000)
	if got, lines := f.counts(t); got != [2]int64{3, 0} || only(lines, "error")[0].N != 3 {
		t.Errorf("%v %+v", got, lines)
	}
}

func TestDurationsOfIterations(t *testing.T) {
	f := newFails()
	f.complete(at(0), at(1_300_000))
	f.complete(at(10), at(200_010))
	lines := only(drained(t, f.a, false), "load")
	if len(lines) != 1 || lines[0].DurationUs != 1_500_000 || lines[0].LongestUs != 1_300_000 {
		t.Errorf("%+v", lines)
	}
}

func TestTheTotalsAreWhatTheLinesAddUpTo(t *testing.T) {
	f := newFails()
	f.request(0, "GET /", "true")
	f.request(0, "GET /b", "false")
	drained(t, f.a, false)
	f.start(at(0))
	f.complete(at(0), at(1))
	f.fail(2, "x")
	f.a.add([]metrics.SampleContainer{f.ack(at(0), "7"), f.ack(at(0), "7"), f.ack(at(0), "8")})
	drained(t, f.a, true)
	got := string(f.a.sum.append(nil))
	want := `{"samples":2,"bad":1,"started":1,"completed":1,"dropped":0,"failed":1,"failedAfterGood":0,"durationUs":1,"longestUs":1,"acks":2,"errors":2}`
	if got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
