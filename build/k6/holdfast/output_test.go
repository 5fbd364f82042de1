package holdfast

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sirupsen/logrus"
	"go.k6.io/k6/v2/errext"
	"go.k6.io/k6/v2/lib/fsext"
	"go.k6.io/k6/v2/metrics"
	"go.k6.io/k6/v2/output"
)

func params(t *testing.T, config string) output.Params {
	t.Helper()
	fs := fsext.NewMemMapFs()
	if err := fsext.WriteFile(fs, "/config.json", []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	logger := logrus.New()
	logger.SetOutput(io.Discard)
	return output.Params{FS: fs, ConfigArgument: "/config.json", Logger: logger}
}

const goodConfig = `{"schemaVersion":1,"thresholdsUs":{"holdfast_request":[500000]},"flushMs":5,"maxSeries":10}`

func TestWrongConfigurationsAreRefused(t *testing.T) {
	for config, want := range map[string]string{
		`{`: "is no output configuration",
		`{"schemaVersion":1,"flushMs":200,"maxSeries":10,"colour":1}`:                "colour",
		`{"schemaVersion":2,"flushMs":200,"maxSeries":10}`:                           "schemaVersion is 2",
		`{"schemaVersion":1,"flushMs":0,"maxSeries":10}`:                             "flushMs is 0",
		`{"schemaVersion":1,"flushMs":200,"maxSeries":0}`:                            "maxSeries is 0",
		`{"schemaVersion":1,"flushMs":200,"maxSeries":1,"thresholdsUs":{"x":[5,4]}}`: "thresholdsUs of x",
		`{"schemaVersion":1,"flushMs":200,"maxSeries":1,"thresholdsUs":{"x":[0]}}`:   "thresholdsUs of x",
		`{"schemaVersion":1,"flushMs":200,"maxSeries":1,"thresholdsUs":{"x":[1.5]}}`: "is no output configuration",
	} {
		if _, err := newOutput(params(t, config), 0); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", config, err)
		}
	}
	absent := params(t, goodConfig)
	absent.ConfigArgument = "/other.json"
	if _, err := newOutput(absent, 0); err == nil || !strings.Contains(err.Error(), "other.json") {
		t.Error(err)
	}
	absent.ConfigArgument = ""
	if _, err := newOutput(absent, 0); err == nil || !strings.Contains(err.Error(), "--out holdfast=<config.json>") {
		t.Error(err)
	}
}

func TestADescriptorThatNobodyReadsIsRefused(t *testing.T) {
	file, err := os.CreateTemp(t.TempDir(), "windows")
	if err != nil {
		t.Fatal(err)
	}
	closed, err := syscall.Dup(int(file.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Close(closed); err != nil {
		t.Fatal(err)
	}
	for title, descriptor := range map[string]int{"a file": int(file.Fd()), "a closed one": closed} {
		_, err := newOutput(params(t, goodConfig), descriptor)
		if err == nil || !strings.Contains(err.Error(), "start k6 through holdfast") {
			t.Errorf("%s: %v", title, err)
		}
	}
}

// pipe gives both ends of a pipe or a socket pair, as plain descriptors for the output to own.
func pipe(t *testing.T, socket bool) (reader *os.File, writer int) {
	t.Helper()
	var ends [2]int
	var err error
	if socket {
		ends, err = syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	} else {
		err = syscall.Pipe(ends[:])
	}
	if err != nil {
		t.Fatal(err)
	}
	return os.NewFile(uintptr(ends[0]), "reader"), ends[1]
}

func started(t *testing.T, descriptor int) (*Output, chan error) {
	t.Helper()
	o, err := newOutput(params(t, goodConfig), descriptor)
	if err != nil {
		t.Fatal(err)
	}
	stopped := make(chan error, 10)
	o.SetTestRunStopCallback(func(reason error) { stopped <- reason })
	if err := o.Start(); err != nil {
		t.Fatal(err)
	}
	return o, stopped
}

func TestTheStreamBeginsAndEnds(t *testing.T) {
	for _, socket := range []bool{false, true} {
		reader, writer := pipe(t, socket)
		o, _ := started(t, writer)
		s := newSource()
		o.AddMetricSamples([]metrics.SampleContainer{s.request(at(0), 0, time.Millisecond, "name", "x", "expected_response", "false")})
		if err := o.Stop(); err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(reader)
		if err != nil {
			t.Fatal(err)
		}
		var types []string
		for _, l := range parse(t, text) {
			types = append(types, l.Type)
		}
		if got := strings.Join(types, " "); got != "hello window window error end" {
			t.Errorf("%s\n%s", got, text)
		}
		if !bytes.Contains(text, []byte(`"schemaVersion":1,"k6Version":"`)) {
			t.Errorf("%s", text)
		}
	}
}

func TestTheTestStopsWhenNobodyReads(t *testing.T) {
	for _, socket := range []bool{false, true} {
		for _, busy := range []bool{false, true} {
			t.Run(fmt.Sprintf("socket=%v busy=%v", socket, busy), func(t *testing.T) {
				reader, writer := pipe(t, socket)
				o, stopped := started(t, writer)
				if err := reader.Close(); err != nil {
					t.Fatal(err)
				}
				s := newSource()
				add := func() {
					o.AddMetricSamples([]metrics.SampleContainer{s.request(at(0), 0, 0, "name", "x", "expected_response", "true")})
				}
				if busy {
					add()
				}
				reason := <-stopped
				var coded errext.HasExitCode
				if !errors.Is(reason, syscall.EPIPE) || !errors.As(reason, &coded) || coded.ExitCode() != 105 {
					t.Errorf("%v", reason)
				}
				add()
				if err := o.Stop(); !errors.Is(err, syscall.EPIPE) {
					t.Errorf("Stop: %v", err)
				}
				if len(stopped) > 0 {
					t.Error("stopped more than once")
				}
			})
		}
	}
}

func TestAStalledReaderBlocksNobodyAndLosesNothing(t *testing.T) {
	reader, writer := pipe(t, false)
	o, _ := started(t, writer)
	s := newSource()
	const requests = 5000 // a line each, far more than a pipe holds
	for i := range requests {
		end := at(int64(i) * 1_000_000)
		o.AddMetricSamples([]metrics.SampleContainer{s.request(end, 0, 0, "name", "x", "expected_response", "true")})
	}
	stopped := make(chan error)
	go func() { stopped <- o.Stop() }()
	text, err := io.ReadAll(reader)
	if err := errors.Join(err, <-stopped); err != nil {
		t.Fatal(err)
	}
	var n int64
	for _, l := range only(parse(t, text), "window") {
		if l.Metric == metrics.HTTPReqDurationName {
			n += l.N
		}
	}
	if n != requests {
		t.Errorf("%d of %d", n, requests)
	}
}
