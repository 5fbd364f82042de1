package holdfast

import (
	"math/rand"
	"testing"
	"time"

	"go.k6.io/k6/v2/metrics"
)

// iterations makes the samples of a scenario's iterations.
type iterations struct {
	*source
	started *metrics.Metric
	a       *aggregate
}

func newIterations() iterations {
	s := newSource()
	return iterations{s, s.registry.MustNewMetric(startedMetric, metrics.Counter), testAggregate()}
}

func (i iterations) start(at time.Time) {
	i.a.add([]metrics.SampleContainer{i.sample(i.started, at, 1, "scenario", "load")})
}

func (i iterations) complete(began, ended time.Time) {
	took := float64(ended.Sub(began)) / 1e6
	i.a.add([]metrics.SampleContainer{metrics.Samples{
		i.sample(i.builtin.IterationDuration, ended, took, "scenario", "load"),
		i.sample(i.builtin.Iterations, ended, 1, "scenario", "load"),
	}})
}

// bySecond adds up load lines.
func bySecond(lines []line) map[int64][3]int64 {
	sums := make(map[int64][3]int64)
	for _, l := range only(lines, "load") {
		sum := sums[l.S]
		sums[l.S] = [3]int64{sum[0] + l.Started, sum[1] + l.Completed, sum[2] + l.Dropped}
	}
	return sums
}

func TestLoadShowsWhatIsInFlight(t *testing.T) {
	i := newIterations()
	i.start(at(100_000))
	i.start(at(200_000))
	first := only(drained(t, i.a, false), "load")
	if len(first) != 1 || first[0].Started != 2 || first[0].Completed != 0 || first[0].Scenario != "load" || first[0].Sli != "GET /" {
		t.Fatalf("%+v", first)
	}
	i.complete(at(100_000), at(2_500_000))
	second := only(drained(t, i.a, false), "load")
	if len(second) != 1 || second[0].S != 1000 || second[0].Started != 0 || second[0].Completed != 1 {
		t.Fatalf("%+v", second)
	}
	if rest := drained(t, i.a, false); len(rest) != 0 {
		t.Errorf("%+v", rest)
	}
}

func TestDroppedIterationsCarryTheScenariosSli(t *testing.T) {
	i := newIterations()
	i.a.add([]metrics.SampleContainer{i.sample(i.builtin.DroppedIterations, at(0), 3, "scenario", "load")})
	lines := drained(t, i.a, false)
	if len(lines) != 1 || lines[0].Dropped != 3 || lines[0].Sli != "GET /" || lines[0].Started != 0 {
		t.Errorf("%+v", lines)
	}
}

func TestAnIterationIsOneInBothCounts(t *testing.T) {
	i := newIterations()
	i.start(at(1_000_020)) // k6 began it 40 µs before, in the second before
	i.complete(at(999_980), at(1_300_000))
	sums := bySecond(drained(t, i.a, false))
	if sums[1001] != [3]int64{1, 1, 0} || len(sums) != 1 {
		t.Errorf("%v", sums)
	}
}

func TestPlainScriptsStartWhatTheyComplete(t *testing.T) {
	i := newIterations()
	i.complete(at(0), at(1_300_000))
	if sums := bySecond(drained(t, i.a, false)); sums[1000] != [3]int64{1, 1, 0} || len(sums) != 1 {
		t.Errorf("%v", sums)
	}
}

func TestInFlightIsNeverNegativeAndEndsAtZero(t *testing.T) {
	random := rand.New(rand.NewSource(2))
	i := newIterations()
	sums := make(map[int64][3]int64)
	collect := func() {
		for second, more := range bySecond(drained(t, i.a, false)) {
			sum := sums[second]
			sums[second] = [3]int64{sum[0] + more[0], sum[1] + more[1], 0}
			if sums[second][1] > sums[second][0] {
				t.Fatalf("second %d: %v", second, sums[second])
			}
		}
	}
	var open [][2]time.Time // began, ends
	var total int64
	for us := int64(0); us < 100_000_000; us += 3_000 {
		now := at(us)
		i.start(now)
		total++
		open = append(open, [2]time.Time{now.Add(-time.Duration(random.Intn(2_900)) * time.Microsecond),
			now.Add(time.Duration(random.ExpFloat64() * float64(time.Second)))})
		rest := open[:0]
		for _, o := range open {
			if o[1].After(now) {
				rest = append(rest, o)
			} else {
				i.complete(o[0], now)
			}
		}
		open = rest
		if us%201_000 == 0 {
			collect()
		}
	}
	for _, o := range open {
		i.complete(o[0], o[1])
	}
	collect()
	var started int64
	for second, sum := range sums {
		started += sum[0]
		if sum[0] != sum[1] {
			t.Errorf("second %d: %v", second, sum)
		}
	}
	if started != total {
		t.Errorf("%d started, %d counted", total, started)
	}
	if known := len(i.a.loads["load"].seconds); known > settledAfter+10 {
		t.Errorf("%d seconds are remembered", known)
	}
}
