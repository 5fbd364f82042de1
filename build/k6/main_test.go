package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// The test binary is k6 itself when it is started with this variable, so that nothing is built.
const runAsK6 = "HOLDFAST_TEST_RUNS_AS_K6"

func TestMain(m *testing.M) {
	if os.Getenv(runAsK6) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

const script = `
import http from 'k6/http'
import exec from 'k6/execution'
import { Counter, Trend } from 'k6/metrics'
const started = new Counter('holdfast_started')
const acknowledged = new Counter('holdfast_ack')
const request = new Trend('holdfast_request', true)
export const options = { scenarios: { load: {
  executor: 'constant-arrival-rate', rate: 50, timeUnit: '1s', duration: __ENV.DURATION,
  preAllocatedVUs: 20, gracefulStop: '10s', tags: { sli: 'POST /' },
} } }
export default function () {
  started.add(1)
  const n = exec.scenario.iterationInTest
  const begin = Date.now()
  const response = http.post(__ENV.URL + '/?n=' + n, 'x', { tags: { name: 'POST /' }, timeout: '5s' })
  const ok = response.status === 200
  request.add(Date.now() - begin, { name: 'POST /', status: String(response.status), ok: String(ok) })
  if (!ok) return
  exec.vu.metrics.metadata.write = String(n)
  acknowledged.add(1)
  delete exec.vu.metrics.metadata.write
}
`

// k6 prepares a run of the script; stop ends it when the test does.
func k6(t *testing.T, url, duration string, options ...string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	folder := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	config := write("config.json", `{"schemaVersion":1,"thresholdsUs":{"holdfast_request":[300000]},"flushMs":50,"maxSeries":100}`)
	args := append([]string{
		"run", "--quiet", "--no-usage-report", "--no-thresholds", "--summary-mode=disabled",
		"--out", "holdfast=" + config, "-e", "URL=" + url, "-e", "DURATION=" + duration,
	}, options...)
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	t.Cleanup(cancel)
	command := exec.CommandContext(ctx, os.Args[0], append(args, write("script.js", script))...)
	command.Env = append(os.Environ(), runAsK6+"=1")
	said := &bytes.Buffer{}
	command.Stdout, command.Stderr = said, said
	return command, said
}

// withStream gives k6 a pipe as descriptor 3 and returns our end.
func withStream(t *testing.T, command *exec.Cmd) *os.File {
	t.Helper()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	command.ExtraFiles = []*os.File{writer}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return reader
}

type line struct {
	Type, Metric, Status, Sli, Error string
	Ok                               bool
	N, Started, Completed, Dropped   int64
	Over                             [][6]int64
	Hist                             []int64
	Ranges                           [][2]int64
}

func TestWindowsTellWhatTheServerSaw(t *testing.T) {
	// The truth: every tenth request is refused, and every fifth takes at least the threshold.
	var served, refused, slow atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := served.Add(1)
		if n%5 == 0 {
			slow.Add(1)
			time.Sleep(310 * time.Millisecond)
		}
		if n%10 == 0 {
			refused.Add(1)
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer server.Close()
	command, said := k6(t, server.URL, "3s")
	reader := withStream(t, command)
	text, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}

	var types []string
	var n, bad, over, counted, acknowledged, failures, started, completed, dropped int64
	httpRequests := int64(0)
	for _, raw := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		var l line
		if err := json.Unmarshal([]byte(raw), &l); err != nil {
			t.Fatalf("%v: %s", err, raw)
		}
		types = append(types, l.Type)
		switch {
		case l.Type == "window" && l.Metric == "holdfast_request":
			n += l.N
			over += l.Over[0][1]
			for i := 1; i < len(l.Hist); i += 2 {
				counted += l.Hist[i]
			}
			if l.Ok != (l.Status == "2xx") {
				t.Errorf("%s", raw)
			}
			if !l.Ok {
				bad += l.N
			}
		case l.Type == "window" && l.Metric == "http_req_duration":
			httpRequests += l.N
		case l.Type == "load":
			started, completed, dropped = started+l.Started, completed+l.Completed, dropped+l.Dropped
			if l.Sli != "POST /" {
				t.Errorf("%s", raw)
			}
		case l.Type == "acks":
			for _, r := range l.Ranges {
				acknowledged += r[1] - r[0] + 1
			}
		case l.Type == "error":
			failures += l.N
			if l.Error != "unexpected status 503" {
				t.Errorf("%s", raw)
			}
		}
	}
	if types[0] != "hello" || types[len(types)-1] != "end" {
		t.Errorf("the stream goes from %s to %s", types[0], types[len(types)-1])
	}
	got := fmt.Sprint(n, httpRequests, counted, started, completed+dropped, bad, failures, acknowledged)
	want := fmt.Sprint(served.Load(), served.Load(), served.Load(), served.Load(), served.Load()+dropped,
		refused.Load(), refused.Load(), served.Load()-refused.Load())
	if got != want || n < 100 {
		t.Errorf("%s, the server saw %s", got, want)
	}
	if over < slow.Load() {
		t.Errorf("%d over the threshold, the server made %d slow", over, slow.Load())
	}
}

func TestK6DoesNotOutliveItsReader(t *testing.T) {
	for title, options := range map[string][]string{"under load": nil, "paused": {"--paused", "--address", "127.0.0.1:0"}} {
		t.Run(title, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
			defer server.Close()
			command, said := k6(t, server.URL, "10m", options...)
			reader := withStream(t, command)
			if _, err := reader.Read(make([]byte, 1)); err != nil {
				t.Fatal(err)
			}
			if err := reader.Close(); err != nil {
				t.Fatal(err)
			}
			var exit *exec.ExitError
			if err := command.Wait(); !errors.As(err, &exit) || exit.ExitCode() != 105 {
				t.Errorf("%v\n%s", err, said)
			}
			if !strings.Contains(said.String(), "nobody reads file descriptor 3 any more") {
				t.Errorf("%s", said)
			}
		})
	}
}

func TestK6RefusesToRunUnwatched(t *testing.T) {
	command, said := k6(t, "http://127.0.0.1:1", "10m")
	if err := command.Run(); err == nil {
		t.Error("it ran")
	}
	if !strings.Contains(said.String(), "start k6 through holdfast") {
		t.Errorf("%s", said)
	}
}
