package holdfast

import (
	"math"
	"strconv"
	"time"

	"go.k6.io/k6/v2/lib/netext/httpext"
	"go.k6.io/k6/v2/metrics"
)

const (
	requestMetric = "holdfast_request"
	startedMetric = "holdfast_started"
	ackMetric     = "holdfast_ack"
	// failedMetric has how long an iteration went on that ended by an exception; its tag `error` says which.
	failedMetric = "holdfast_failed_iteration"
	// maxTimed bounds the values of Trends (30,000 years of milliseconds are a mistake).
	maxTimed = 1e12
	// maxRoutes bounds the caches of tag sets; k6 makes one per distinct URL of unnamed requests.
	maxRoutes = 20_000
)

// role is what becomes of the samples of a metric.
type role uint8

const (
	roleIgnored role = iota
	roleWindow
	roleStarted
	roleAck
	roleIteration
	roleDropped
	roleVus
	roleVusMax
	roleFailed
	roleCheck
)

// route is where the samples of one time series (metric and tags) go.
type route struct {
	role    role
	series  *series
	failure *failure // nil when ok, or not a request
	load    *scenarioLoad
	acks    *acks
	reason  *failure // of a failed iteration
	isSli   bool     // a request that its scenario names as its SLI
	ok      bool
}

// httpRoute is where the requests of one tag set go.
type httpRoute struct {
	duration, failed *series
	failure          *failure
	timeoutNs        int64 // see declaredTimeout
	isSli, ok        bool
}

// aggregate folds samples into lines. It is not safe for concurrent use.
type aggregate struct {
	roles      map[string]role
	sli        map[string]string // by scenario
	table      seriesTable
	failures   failureTable
	loads      map[string]*scenarioLoad
	acks       map[string]*acks
	vus        vus
	fates      fates
	sum        totals
	routes     map[metrics.TimeSeries]*route
	httpRoutes map[*metrics.TagSet]*httpRoute

	httpDuration, httpFailed *metrics.Metric
	overflowTold             bool
}

// newAggregate takes the SLI tag of each scenario: k6 puts no scenario tags on dropped iterations.
func newAggregate(config config, sli map[string]string) *aggregate {
	registry := metrics.NewRegistry()
	builtin := metrics.RegisterBuiltinMetrics(registry)
	roles := make(map[string]role)
	for _, metric := range registry.All() {
		roles[metric.Name] = roleIgnored
	}
	roles[metrics.IterationDurationName] = roleIteration
	roles[metrics.DroppedIterationsName] = roleDropped
	roles[metrics.VUsName] = roleVus
	roles[metrics.VUsMaxName] = roleVusMax
	roles[startedMetric] = roleStarted
	roles[ackMetric] = roleAck
	roles[failedMetric] = roleFailed
	roles[metrics.ChecksName] = roleCheck
	return &aggregate{
		roles: roles, sli: sli,
		table:      newSeriesTable(config),
		failures:   newFailureTable(),
		loads:      make(map[string]*scenarioLoad),
		acks:       make(map[string]*acks),
		fates:      make(fates),
		routes:     make(map[metrics.TimeSeries]*route),
		httpRoutes: make(map[*metrics.TagSet]*httpRoute),

		httpDuration: builtin.HTTPReqDuration, httpFailed: builtin.HTTPReqFailed,
	}
}

func (a *aggregate) add(containers []metrics.SampleContainer) {
	for _, container := range containers {
		switch samples := container.(type) {
		case *httpext.Trail:
			a.addRequest(samples)
		case metrics.Sample:
			a.addSample(&samples)
		default:
			list := container.GetSamples()
			for i := range list {
				a.addSample(&list[i])
			}
		}
	}
}

// addRequest folds k6's own figures of one HTTP request.
func (a *aggregate) addRequest(trail *httpext.Trail) {
	r, ok := a.httpRoutes[trail.Tags]
	if !ok {
		r = a.httpRoute(trail.Tags)
	}
	took := max(int64(trail.Blocked+trail.Duration), r.timeoutNs)
	second, offsetUs := split(trail.EndTime.UnixNano() - took)
	a.table.window(r.duration, second).addTimed(trail.Duration.Microseconds(), offsetUs)
	if trail.Failed.Valid {
		failed := 0.0
		if trail.Failed.Bool {
			failed = 1
		}
		a.table.window(r.failed, second).add(failed, offsetUs)
	}
	if r.failure != nil {
		r.failure.n++
	}
	if r.isSli {
		a.fates.request(trail.Metadata, r.ok)
	}
}

func (a *aggregate) httpRoute(tags *metrics.TagSet) *httpRoute {
	key := httpKey(metrics.HTTPReqDurationName, tags)
	r := &httpRoute{timeoutNs: declaredTimeout(tags), isSli: key.name == a.sli[key.scenario], ok: key.ok}
	r.duration = a.table.find(a.httpDuration, key)
	if !key.ok {
		r.failure = a.failures.find(r.duration.name, failureText(tags), true)
	}
	key.metric = metrics.HTTPReqFailedName
	r.failed = a.table.find(a.httpFailed, key)
	if len(a.httpRoutes) >= maxRoutes {
		clear(a.httpRoutes)
	}
	a.httpRoutes[tags] = r
	return r
}

func (a *aggregate) addSample(sample *metrics.Sample) {
	r, ok := a.routes[sample.TimeSeries]
	if !ok {
		r = a.route(sample.TimeSeries)
	}
	switch r.role {
	case roleWindow:
		a.addValue(r, sample)
	case roleStarted:
		r.load.start(sample.Time.Unix(), int64(sample.Value))
	case roleIteration:
		second, _ := split(sample.Time.UnixNano() - nanoseconds(sample.Value))
		r.load.complete(second, thousandths(sample.Value))
	case roleDropped:
		r.load.drop(sample.Time.Unix(), int64(sample.Value))
	case roleFailed:
		second, _ := split(sample.Time.UnixNano() - nanoseconds(sample.Value))
		a.failIteration(r, second, a.fates.of(sample.Metadata))
	case roleCheck:
		a.addValue(r, sample)
		if sample.Value == 0 {
			a.failIteration(r, sample.Time.Unix(), a.fates.of(sample.Metadata))
		}
	case roleAck:
		a.addAck(r.acks, sample)
	case roleVus:
		at := a.vus.at(sample.Time.Unix())
		at.active = max(at.active, int64(sample.Value))
	case roleVusMax:
		at := a.vus.at(sample.Time.Unix())
		at.max = max(at.max, int64(sample.Value))
	case roleIgnored:
	}
}

// route decides where a time series goes, and remembers it.
func (a *aggregate) route(of metrics.TimeSeries) *route {
	metric, scenario := of.Metric.Name, tag(of.Tags, "scenario")
	known, builtin := a.roles[metric]
	if !builtin {
		known = roleWindow
	}
	r := &route{role: known}
	switch known {
	case roleWindow:
		key := customKey(metric, of.Tags)
		r.series = a.table.find(of.Metric, key)
		if metric == requestMetric {
			a.failures.helped[r.series.name] = true
			r.isSli = key.name == a.sli[scenario]
			r.ok = key.ok
			if !key.ok {
				r.failure = a.failures.find(r.series.name, failureText(of.Tags), false)
			}
		}
	case roleStarted, roleIteration, roleDropped:
		r.load = a.load(scenario)
	case roleFailed:
		r.load = a.load(scenario)
		r.reason = a.failures.find(a.blamed(scenario), "exception: "+tag(of.Tags, "error"), false)
	case roleCheck:
		check := tag(of.Tags, "check")
		r.load = a.load(scenario)
		r.series = a.table.find(of.Metric, seriesKey{metric: metric, scenario: scenario, name: check, status: "none", ok: true})
		r.reason = a.failures.find(a.blamed(scenario), "check failed: "+check, false)
	case roleAck:
		r.acks = remember(a.acks, scenario, func() *acks { return newAcks(scenario) })
	case roleIgnored, roleVus, roleVusMax:
	}
	if len(a.routes) >= maxRoutes {
		clear(a.routes)
	}
	a.routes[of] = r
	return r
}

func (a *aggregate) load(scenario string) *scenarioLoad {
	return remember(a.loads, scenario, func() *scenarioLoad { return newScenarioLoad(scenario, a.sli[scenario]) })
}

// blamed is the request that failing iterations of a scenario count against, or else the scenario.
func (a *aggregate) blamed(scenario string) string {
	if sli := a.sli[scenario]; sli != "" {
		return sli
	}
	return scenario
}

// failIteration counts an iteration that failed, unless it is a bad event of its SLI already.
func (a *aggregate) failIteration(r *route, second int64, of *fate) {
	r.reason.n++
	if of == nil {
		r.load.fail(second, false)
		return
	}
	if !of.bad {
		of.bad = true
		r.load.fail(second, of.good)
	}
}

// failUnseen counts an iteration that ended by an exception which the scripts could not catch.
func (a *aggregate) failUnseen(scenario, text string, second int64) {
	a.failures.find(a.blamed(scenario), "exception: "+text, false).n++
	a.load(scenario).fail(second, false)
}

// addValue folds a sample of a metric of the scripts. A time is reported when it has passed.
func (a *aggregate) addValue(r *route, sample *metrics.Sample) {
	value, startNs := sample.Value, sample.Time.UnixNano()
	limit := math.MaxFloat64
	if r.series.kind.timed() {
		limit = maxTimed
	}
	if !(math.Abs(value) <= limit) {
		a.failures.find(sample.Metric.Name, "a value that is too large or not a number", false).n++
		return
	}
	if r.failure != nil {
		r.failure.n++
	}
	if r.isSli {
		a.fates.request(sample.Metadata, r.ok)
	}
	if r.series.kind == kindTime {
		startNs -= nanoseconds(value)
	}
	second, offsetUs := split(startNs)
	w := a.table.window(r.series, second)
	switch r.series.kind {
	case kindTime, kindTrend:
		w.addTimed(thousandths(value), offsetUs)
	case kindRate:
		if value != 0 {
			value = 1
		}
		w.add(value, offsetUs)
	case kindGauge:
		w.add(value, offsetUs)
		w.n, w.sum = 1, value
	case kindCounter:
		w.add(value, offsetUs)
	}
}

func (a *aggregate) addAck(to *acks, sample *metrics.Sample) {
	number, err := strconv.ParseUint(sample.Metadata["write"], 10, 53)
	if err != nil {
		a.failures.find(ackMetric, "acknowledged write without its number in the metadata `write`", false).n++
		return
	}
	to.add(number, sample.Time.UnixMicro())
}

// drain appends everything that has gathered, as lines, and forgets it. The final one holds nothing back.
func (a *aggregate) drain(lines []byte, final bool) []byte {
	if a.table.overflow && !a.overflowTold {
		a.overflowTold = true
		lines = appendField(lines, `{"type":"overflow","maxSeries":`, int64(a.table.config.MaxSeries))
		lines = append(lines, "}\n"...)
	}
	lines = a.table.drain(lines, &a.sum)
	for _, load := range a.loads {
		lines = load.drain(lines, &a.sum)
	}
	for _, acknowledged := range a.acks {
		lines = acknowledged.drain(lines, &a.sum)
	}
	lines = a.vus.drain(lines)
	return a.failures.drain(lines, &a.sum, final)
}

// split divides a Unix time in nanoseconds into its second and the microseconds since.
func split(ns int64) (second int64, offsetUs int32) {
	second = ns / int64(time.Second)
	rest := ns % int64(time.Second)
	if rest < 0 {
		second, rest = second-1, rest+int64(time.Second)
	}
	return second, int32(rest / int64(time.Microsecond))
}

func nanoseconds(ms float64) int64 { return int64(math.Round(ms * 1e6)) }

func remember[T any](known map[string]T, name string, create func() T) T {
	found, ok := known[name]
	if !ok {
		found = create()
		known[name] = found
	}
	return found
}
