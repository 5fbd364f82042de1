package holdfast

import (
	"math"
	"math/rand"
	"reflect"
	"sort"
	"strconv"
	"testing"
	"time"

	"go.k6.io/k6/v2/metrics"
)

func TestRequestsBelongToTheSecondTheyStartedIn(t *testing.T) {
	for _, c := range []struct {
		title             string
		end               time.Time
		blocked, duration time.Duration
		tags              []string
		second, offsetUs  int64
	}{
		{"within a second", at(600_000), 0, 100 * time.Millisecond, nil, 1000, 500_000},
		{"across seconds", at(200_000), 0, 2500 * time.Millisecond, nil, 997, 700_000},
		{"blocked counts too", at(200_000), 150 * time.Millisecond, 100 * time.Millisecond, nil, 999, 950_000},
		{"exactly on the edge", at(100_000), 0, 100 * time.Millisecond, nil, 1000, 0},
		{"dial timeout, declared", at(300_000), 0, 0, []string{"error_code", "1050", "timeout_ms", "5000"}, 995, 300_000},
		{"timeout while waiting, measured", at(300_000), 0, 5001 * time.Millisecond,
			[]string{"error_code", "1050", "timeout_ms", "5000"}, 995, 299_000},
		{"dial timeout, not declared", at(300_000), 0, 0, []string{"error_code", "1050"}, 1000, 300_000},
		{"refused, although a timeout is declared", at(300_000), 0, 0,
			[]string{"error_code", "1212", "timeout_ms", "5000"}, 1000, 300_000},
		{"nonsense declared", at(300_000), 0, 0, []string{"error_code", "1050", "timeout_ms", "soon"}, 1000, 300_000},
	} {
		a, s := testAggregate(), newSource()
		a.add([]metrics.SampleContainer{s.request(c.end, c.blocked, c.duration, append(c.tags, "expected_response", "true")...)})
		windows := only(drained(t, a, false), "window")
		if len(windows) != 2 {
			t.Fatalf("%s: %d windows", c.title, len(windows))
		}
		for _, w := range windows {
			if w.S != c.second || w.FirstUs != c.offsetUs || w.LastUs != c.offsetUs {
				t.Errorf("%s: %s at %d+%d..%d", c.title, w.Metric, w.S, w.FirstUs, w.LastUs)
			}
		}
	}
}

func TestCustomTimesStartBeforeTheyAreReported(t *testing.T) {
	a, s := testAggregate(), newSource()
	request := s.registry.MustNewMetric(requestMetric, metrics.Trend, metrics.Time)
	size := s.registry.MustNewMetric("batch_size", metrics.Trend)
	a.add([]metrics.SampleContainer{
		s.sample(request, at(250_000), 1500, "scenario", "load", "name", "GET /", "status", "200", "ok", "true"),
		s.sample(size, at(250_000), 1500, "scenario", "load"),
	})
	windows := only(drained(t, a, false), "window")
	first, second := windows[0], windows[1]
	if first.S != 998 || first.FirstUs != 750_000 || first.Kind != "time" || first.Status != "2xx" || first.Sum != 1_500_000 {
		t.Errorf("%+v", first)
	}
	if second.S != 1000 || second.FirstUs != 250_000 || second.Kind != "trend" || second.Status != "none" || second.Sum != 1_500_000 {
		t.Errorf("%+v", second)
	}
	if second.Over != nil || !reflect.DeepEqual(second.Hist, []int64{int64(bucketOf(1_500_000)), 1}) {
		t.Errorf("%+v", second)
	}
}

func TestLateSamplesAreIncrements(t *testing.T) {
	a, s := testAggregate(), newSource()
	early := s.request(at(100_000), 0, 50*time.Millisecond, "expected_response", "true")
	a.add([]metrics.SampleContainer{early})
	first := only(drained(t, a, false), "window")
	late := s.request(at(30_100_000), 0, 30*time.Second, "expected_response", "true")
	a.add([]metrics.SampleContainer{late})
	second := only(drained(t, a, false), "window")
	if first[0].S != 1000 || second[0].S != 1000 || first[0].N != 1 || second[0].N != 1 || second[0].FirstUs != 100_000 {
		t.Errorf("%+v %+v", first[0], second[0])
	}
	if rest := drained(t, a, true); len(rest) != 0 {
		t.Errorf("written twice: %+v", rest)
	}
}

func TestThresholdsAreExact(t *testing.T) {
	a, s := testAggregate(), newSource()
	request := s.registry.MustNewMetric(requestMetric, metrics.Trend, metrics.Time)
	start := at(0)
	for i, ms := range []float64{99.999, 100, 499.999, 500, 500.001} {
		began := start.Add(time.Duration(i) * 10 * time.Millisecond)
		a.add([]metrics.SampleContainer{s.sample(request, began.Add(time.Duration(ms*1e6)), ms, "name", "GET /")})
	}
	w := only(drained(t, a, false), "window")[0]
	want := [][6]int64{{100_000, 4, 10_000, 40_000, 0, 0}, {500_000, 2, 30_000, 40_000, 0, 20_000}}
	if !reflect.DeepEqual(w.Over, want) {
		t.Errorf("%v, want %v", w.Over, want)
	}
	if w.N != 5 || w.Min != 99_999 || w.Max != 500_001 || w.Sum != 1_700_000-1 {
		t.Errorf("%+v", w)
	}
}

func TestOnlyTheMetricsOfTheContractAreFolded(t *testing.T) {
	a, s := testAggregate(), newSource()
	for _, builtin := range s.registry.All() {
		a.add([]metrics.SampleContainer{s.sample(builtin, at(0), 1)})
	}
	windows := only(drained(t, a, true), "window")
	if len(windows) != 1 || windows[0].Metric != metrics.ChecksName {
		t.Errorf("%+v", windows)
	}
}

func TestKindsOfCustomMetrics(t *testing.T) {
	a, s := testAggregate(), newSource()
	rate := s.registry.MustNewMetric("sent_ratio", metrics.Rate)
	counter := s.registry.MustNewMetric("bytes", metrics.Counter, metrics.Data)
	gauge := s.registry.MustNewMetric("depth", metrics.Gauge)
	for i, value := range []float64{0, 2.5, 1} {
		for _, metric := range []*metrics.Metric{rate, counter, gauge} {
			a.add([]metrics.SampleContainer{s.sample(metric, at(int64(i)), value)})
		}
	}
	windows := only(drained(t, a, false), "window")
	for i, want := range []line{
		{Kind: "rate", N: 3, Sum: 2, Min: 0, Max: 1},
		{Kind: "counter", N: 3, Sum: 3.5, Min: 0, Max: 2.5},
		{Kind: "gauge", N: 1, Sum: 1, Min: 0, Max: 2.5},
	} {
		got := windows[i]
		if got.Kind != want.Kind || got.N != want.N || got.Sum != want.Sum || got.Min != want.Min || got.Max != want.Max {
			t.Errorf("%+v, want %+v", got, want)
		}
		if got.Hist != nil || got.FirstUs != 0 || got.LastUs != 2 {
			t.Errorf("%+v", got)
		}
	}
}

func TestSeriesAreToldApart(t *testing.T) {
	a, s := testAggregate(), newSource()
	ask := func(tags ...string) { a.add([]metrics.SampleContainer{s.request(at(0), 0, 0, tags...)}) }
	ask("scenario", "a", "name", "x", "status", "200", "expected_response", "true")
	ask("scenario", "a", "name", "x", "status", "201", "expected_response", "true", "proto", "HTTP/1.1")
	ask("scenario", "a", "name", "x", "status", "401", "expected_response", "true")
	ask("scenario", "a", "name", "x", "status", "401", "expected_response", "false")
	ask("scenario", "b", "name", "x", "status", "0", "expected_response", "false")
	ask("scenario", "b", "name", `"y"`, "status", "302")
	ask("scenario", "b", "name", "no judge, no response", "status", "0")
	var got []string
	for _, w := range only(drained(t, a, false), "window") {
		if w.Metric == "http_req_duration" {
			got = append(got, w.Scenario+" "+w.Name+" "+w.Status+" "+strconv.FormatBool(w.Ok)+" "+strconv.Itoa(int(w.N)))
		}
	}
	want := []string{"a x 2xx true 2", "a x 4xx true 1", "a x 4xx false 1", "b x error false 1",
		`b "y" 3xx true 1`, "b no judge, no response error false 1"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%q", got)
	}
}

func TestSeriesBeyondTheMaximumGoToOther(t *testing.T) {
	a, s := testAggregate(), newSource()
	a.table.config.MaxSeries = 3
	request := s.registry.MustNewMetric(requestMetric, metrics.Trend, metrics.Time)
	for round := range 2 {
		for i := range 10 {
			name := "GET /" + strconv.Itoa(i)
			a.add([]metrics.SampleContainer{s.sample(request, at(0), 1, "name", name, "ok", "false", "error", "down")})
		}
		lines := drained(t, a, true)
		if overflows := only(lines, "overflow"); len(overflows) != 1-round || (round == 0 && overflows[0].MaxSeries != 3) {
			t.Errorf("round %d: %+v", round, overflows)
		}
		windows := only(lines, "window")
		if len(windows) != 4 || windows[2].Name != "GET /2" || windows[3].Name != "other" || windows[3].N != 7 {
			t.Errorf("round %d: %+v", round, windows)
		}
		if failures := only(lines, "error"); len(failures) != 4 || failures[3].Name != "other" || failures[3].N != 7 {
			t.Errorf("round %d: %+v", round, failures)
		}
	}
}

func TestImpossibleValuesAreReportedAndLeftOut(t *testing.T) {
	a, s := testAggregate(), newSource()
	size := s.registry.MustNewMetric("batch_size", metrics.Trend)
	bytes := s.registry.MustNewMetric("bytes", metrics.Counter)
	for _, value := range []float64{math.Inf(1), math.Inf(-1), math.NaN(), 1e13} {
		a.add([]metrics.SampleContainer{s.sample(size, at(0), value), s.sample(bytes, at(0), value)})
	}
	lines := drained(t, a, true)
	windows, failures := only(lines, "window"), only(lines, "error")
	if len(windows) != 1 || windows[0].Sum != 1e13 {
		t.Errorf("%+v", windows)
	}
	if len(failures) != 2 || failures[0].Name != "batch_size" || failures[0].N != 4 || failures[1].N != 3 {
		t.Errorf("%+v", failures)
	}
}

func TestVirtualUsers(t *testing.T) {
	a, s := testAggregate(), newSource()
	for i, active := range []float64{3, 5, 4} {
		a.add([]metrics.SampleContainer{metrics.ConnectedSamples{Samples: []metrics.Sample{
			s.sample(s.builtin.VUs, at(int64(i)*400_000), active), s.sample(s.builtin.VUsMax, at(int64(i)*400_000), 10),
		}}})
	}
	lines := only(drained(t, a, false), "vus")
	if len(lines) != 1 || lines[0].S != 1000 || lines[0].Active != 5 || lines[0].Max != 10 {
		t.Errorf("%+v", lines)
	}
}

// Whatever the moments of the flushes, the merged lines say the same.
func TestIncrementsMergeToTheWhole(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	s := newSource()
	request := s.registry.MustNewMetric(requestMetric, metrics.Trend, metrics.Time)
	for range 50 {
		pieces, whole := testAggregate(), testAggregate()
		var fromPieces []line
		for range 400 {
			ok := random.Intn(4) > 0
			ms := math.Exp(random.Float64() * 9)
			sample := s.sample(request, at(random.Int63n(5_000_000)), ms, "name", "x", "ok", strconv.FormatBool(ok), "status", "200")
			pieces.add([]metrics.SampleContainer{sample})
			whole.add([]metrics.SampleContainer{sample})
			if random.Intn(30) == 0 {
				fromPieces = append(fromPieces, drained(t, pieces, false)...)
			}
		}
		fromPieces = append(fromPieces, drained(t, pieces, true)...)
		got, want := merged(only(fromPieces, "window")), merged(only(drained(t, whole, true), "window"))
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%+v\nis not\n%+v", got, want)
		}
	}
}

// merged adds up lines of one key, as verdict/ does.
func merged(lines []line) []line {
	type key struct {
		s      int64
		metric string
		ok     bool
	}
	all := make(map[key]*line)
	for _, l := range lines {
		sum, found := all[key{l.S, l.Metric, l.Ok}]
		if !found {
			copied := l
			all[key{l.S, l.Metric, l.Ok}] = &copied
			continue
		}
		sum.N, sum.Sum = sum.N+l.N, sum.Sum+l.Sum
		sum.Min, sum.Max = min(sum.Min, l.Min), max(sum.Max, l.Max)
		sum.FirstUs, sum.LastUs = min(sum.FirstUs, l.FirstUs), max(sum.LastUs, l.LastUs)
		for i, over := range l.Over {
			sum.Over[i][1] += over[1]
			for _, edge := range []int{2, 4} {
				if over[edge] >= 0 && (sum.Over[i][edge] < 0 || over[edge] < sum.Over[i][edge]) {
					sum.Over[i][edge] = over[edge]
				}
				sum.Over[i][edge+1] = max(sum.Over[i][edge+1], over[edge+1])
			}
		}
		sum.Hist = mergedHistogram(sum.Hist, l.Hist)
	}
	var result []line
	for _, l := range all {
		result = append(result, *l)
	}
	sort.Slice(result, func(i, j int) bool {
		return result[i].S < result[j].S || (result[i].S == result[j].S && !result[i].Ok && result[j].Ok)
	})
	return result
}

func mergedHistogram(a, b []int64) []int64 {
	counts := make(map[int64]int64)
	for _, hist := range [][]int64{a, b} {
		for i := 0; i < len(hist); i += 2 {
			counts[hist[i]] += hist[i+1]
		}
	}
	var buckets []int64
	for bucket := range counts {
		buckets = append(buckets, bucket)
	}
	sort.Slice(buckets, func(i, j int) bool { return buckets[i] < buckets[j] })
	var hist []int64
	for _, bucket := range buckets {
		hist = append(hist, bucket, counts[bucket])
	}
	return hist
}
