package holdfast

import (
	"strconv"
	"time"

	"go.k6.io/k6/v2/metrics"
)

func tag(tags *metrics.TagSet, name string) string {
	value, _ := tags.Get(name)
	return value
}

// statusClass is StatusClass of model/window.ts.
func statusClass(status string) string {
	code, err := strconv.Atoi(status)
	switch {
	case err != nil:
		return "none"
	case code >= 100 && code < 600:
		return strconv.Itoa(code/100) + "xx"
	default:
		return "error"
	}
}

// httpKey is the series of k6's own http metrics. Without a response callback k6 judges nothing;
// then only a request without a response is not ok.
func httpKey(metric string, tags *metrics.TagSet) seriesKey {
	key := seriesKey{
		metric: metric, scenario: tag(tags, "scenario"), name: tag(tags, "name"),
		status: statusClass(tag(tags, "status")),
	}
	expected, judged := tags.Get("expected_response")
	key.ok = expected == "true" || (!judged && key.status != "error")
	return key
}

// customKey is the series of a metric of the scripts.
func customKey(metric string, tags *metrics.TagSet) seriesKey {
	return seriesKey{
		metric: metric, scenario: tag(tags, "scenario"), name: tag(tags, "name"),
		status: statusClass(tag(tags, "status")), ok: tag(tags, "ok") != "false",
	}
}

// failureText says why a request was not ok.
func failureText(tags *metrics.TagSet) string {
	if text := tag(tags, "error"); text != "" {
		return text
	}
	if status := tag(tags, "status"); status != "" {
		return "unexpected status " + status
	}
	if code := tag(tags, "error_code"); code != "" {
		return "error code " + code
	}
	return "not ok"
}

// requestTimedOut is k6's error code for a request that reached its timeout.
const requestTimedOut = "1050"

// declaredTimeout is the timeout of a request that ran into it, in nanoseconds, as its tag
// `timeout_ms` says; 0 when it did not run into it or does not say. When k6 cannot even connect it
// measures 0 for the whole request, and this is then the only way to know when it began.
func declaredTimeout(tags *metrics.TagSet) int64 {
	if tag(tags, "error_code") != requestTimedOut {
		return 0
	}
	ms, err := strconv.ParseFloat(tag(tags, "timeout_ms"), 64)
	if err != nil || !(ms > 0 && ms <= maxTimed) {
		return 0
	}
	return int64(ms * float64(time.Millisecond))
}
