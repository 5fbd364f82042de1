package holdfast

import "strconv"

const (
	// maxStartLag bounds the seconds between the start of an iteration and its holdfast_started.
	maxStartLag = 5
	// settledAfter is how many seconds a finished second is remembered for late samples.
	settledAfter = 60
)

// scenarioLoad counts the iterations of one scenario.
type scenarioLoad struct {
	words   string // scenario and sli as JSON
	seconds map[int64]*loadSecond
	touched []*loadSecond
	latest  int64
}

// loadSecond counts the iterations that started in one second, or were dropped in it.
type loadSecond struct {
	second int64
	counts loadCounts // since the last flush
	// inFlight is started and not completed, of all time.
	inFlight  int64
	isTouched bool
}

// loadCounts is what one line of type `load` counts.
type loadCounts struct {
	started, completed, dropped int64
	// failed ended by an exception or had a failing check, and no bad request of the SLI tells so;
	// failedAfterGood are those of them that have a good one.
	failed, failedAfterGood int64
	// durationUs is the sum of the durations of those that completed, longestUs the longest one.
	durationUs, longestUs int64
}

func newScenarioLoad(scenario, sli string) *scenarioLoad {
	return &scenarioLoad{
		words:   `,"scenario":` + quote(scenario) + `,"sli":` + quote(sli),
		seconds: make(map[int64]*loadSecond),
	}
}

func (l *scenarioLoad) at(second int64) *loadSecond {
	s, ok := l.seconds[second]
	if !ok {
		s = &loadSecond{second: second}
		l.seconds[second] = s
		l.latest = max(l.latest, second)
	}
	if !s.isTouched {
		s.isTouched = true
		l.touched = append(l.touched, s)
	}
	return s
}

func (l *scenarioLoad) start(second, count int64) {
	s := l.at(second)
	s.counts.started += count
	s.inFlight += count
}

func (l *scenarioLoad) drop(second, count int64) { l.at(second).counts.dropped += count }

func (l *scenarioLoad) fail(second int64, afterGood bool) {
	s := l.at(second)
	s.counts.failed++
	if afterGood {
		s.counts.failedAfterGood++
	}
}

// complete counts an iteration that began in the given second. The script says "started" a moment
// after k6 has begun the iteration, perhaps in the next second: the two must meet in one window, so
// that started - completed is what is in flight, and never negative. Which of two iterations is
// meant makes no difference, they are only counted. An iteration that never said "started" (a plain
// k6 script) has started all the same.
func (l *scenarioLoad) complete(second, durationUs int64) {
	s := l.openSecond(second)
	s.counts.completed++
	s.counts.durationUs += durationUs
	s.counts.longestUs = max(s.counts.longestUs, durationUs)
}

// openSecond gives the second in which the iteration counts as started, and takes it out of flight.
func (l *scenarioLoad) openSecond(second int64) *loadSecond {
	for later := second; later <= min(second+maxStartLag, l.latest); later++ {
		if s, ok := l.seconds[later]; ok && s.inFlight > 0 {
			s.inFlight--
			return l.at(later)
		}
	}
	s := l.at(second)
	s.counts.started++
	return s
}

// drain writes the increments and forgets seconds in which nothing is in flight any more.
func (l *scenarioLoad) drain(lines []byte, sum *totals) []byte {
	for _, s := range l.touched {
		lines = append(lines, `{"type":"load","s":`...)
		lines = strconv.AppendInt(lines, s.second, 10)
		lines = append(lines, l.words...)
		lines = s.counts.append(lines)
		lines = append(lines, "}\n"...)
		sum.load.add(s.counts)
		s.counts, s.isTouched = loadCounts{}, false
	}
	if len(l.touched) > 0 {
		for second, s := range l.seconds {
			if s.inFlight == 0 && second < l.latest-settledAfter {
				delete(l.seconds, second)
			}
		}
	}
	l.touched = l.touched[:0]
	return lines
}

func (c *loadCounts) append(line []byte) []byte {
	line = appendField(line, `,"started":`, c.started)
	line = appendField(line, `,"completed":`, c.completed)
	line = appendField(line, `,"dropped":`, c.dropped)
	line = appendField(line, `,"failed":`, c.failed)
	line = appendField(line, `,"failedAfterGood":`, c.failedAfterGood)
	line = appendField(line, `,"durationUs":`, c.durationUs)
	return appendField(line, `,"longestUs":`, c.longestUs)
}

func (c *loadCounts) add(more loadCounts) {
	c.started += more.started
	c.completed += more.completed
	c.dropped += more.dropped
	c.failed += more.failed
	c.failedAfterGood += more.failedAfterGood
	c.durationUs += more.durationUs
	c.longestUs = max(c.longestUs, more.longestUs)
}
