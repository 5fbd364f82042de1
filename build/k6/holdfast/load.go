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
	second                      int64
	started, completed, dropped int64 // since the last flush
	inFlight                    int64 // started and not completed, of all time
	isTouched                   bool
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
	s.started += count
	s.inFlight += count
}

func (l *scenarioLoad) drop(second, count int64) { l.at(second).dropped += count }

// complete counts an iteration that began in the given second. The script says "started" a moment
// after k6 has begun the iteration, perhaps in the next second: the two must meet in one window, so
// that started - completed is what is in flight, and never negative. Which of two iterations is
// meant makes no difference, they are only counted. An iteration that never said "started" (a plain
// k6 script) has started all the same.
func (l *scenarioLoad) complete(second int64) {
	for later := second; later <= min(second+maxStartLag, l.latest); later++ {
		if s, ok := l.seconds[later]; ok && s.inFlight > 0 {
			s = l.at(later)
			s.completed++
			s.inFlight--
			return
		}
	}
	s := l.at(second)
	s.started++
	s.completed++
}

// drain writes the increments and forgets seconds in which nothing is in flight any more.
func (l *scenarioLoad) drain(lines []byte) []byte {
	for _, s := range l.touched {
		lines = append(lines, `{"type":"load","s":`...)
		lines = strconv.AppendInt(lines, s.second, 10)
		lines = append(lines, l.words...)
		lines = appendField(lines, `,"started":`, s.started)
		lines = appendField(lines, `,"completed":`, s.completed)
		lines = appendField(lines, `,"dropped":`, s.dropped)
		lines = append(lines, "}\n"...)
		s.started, s.completed, s.dropped, s.isTouched = 0, 0, 0, false
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
