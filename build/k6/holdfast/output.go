// Package holdfast is a k6 output. It folds every sample into one-second windows inside k6 and
// writes them as NDJSON lines to file descriptor 3. The lines are described in model/window.ts.
package holdfast

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/sirupsen/logrus"
	"go.k6.io/k6/v2/errext"
	"go.k6.io/k6/v2/errext/exitcodes"
	"go.k6.io/k6/v2/metrics"
	"go.k6.io/k6/v2/output"
)

// schemaVersion is windowSchemaVersion of model/window.ts.
const schemaVersion = 1

func init() {
	output.RegisterExtension("holdfast", func(params output.Params) (output.Output, error) {
		return newOutput(params, 3)
	})
}

// Output folds the samples that k6 hands over and flushes what has gathered every flushMs.
type Output struct {
	config  config
	logger  logrus.FieldLogger
	stream  *os.File
	stopRun func(error)
	flusher *output.PeriodicFlusher
	buffer  []byte // only touched by flushes, of which there is one at a time

	mutex     sync.Mutex // guards what follows
	aggregate *aggregate
	broken    error
}

var _ output.WithTestRunStop = (*Output)(nil)

// newOutput reads the configuration and refuses a descriptor that nobody listens to.
func newOutput(params output.Params, descriptor int) (*Output, error) {
	config, err := readConfig(params.FS, params.ConfigArgument)
	if err != nil {
		return nil, err
	}
	stream, err := openStream(descriptor)
	if err != nil {
		return nil, err
	}
	sli := make(map[string]string)
	for name, scenario := range params.ScriptOptions.Scenarios {
		sli[name] = scenario.GetTags()["sli"]
	}
	o := &Output{
		config:    config,
		logger:    params.Logger.WithField("output", "holdfast"),
		stream:    stream,
		aggregate: newAggregate(config, sli),
	}
	watchExceptions(params.Logger, o.addException)
	return o, nil
}

// addException takes an exception that ended an iteration.
func (o *Output) addException(scenario, text string, at time.Time) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	o.aggregate.failUnseen(scenario, text, at.Unix())
}

// Description is what k6 prints as its output.
func (o *Output) Description() string { return "holdfast (windows to file descriptor 3)" }

// SetTestRunStopCallback takes the function that ends the test.
func (o *Output) SetTestRunStopCallback(stopRun func(error)) { o.stopRun = stopRun }

// Start writes the first line and begins to flush.
func (o *Output) Start() error {
	hello := fmt.Sprintf(`{"type":"hello","schemaVersion":%d,"k6Version":%s,"atUs":%d,"hasTotals":true}`+"\n",
		schemaVersion, quote(k6Version()), time.Now().UnixMicro())
	if _, err := o.stream.WriteString(hello); err != nil {
		return fmt.Errorf("cannot write to file descriptor 3: %w", err)
	}
	flusher, err := output.NewPeriodicFlusher(time.Duration(o.config.FlushMs)*time.Millisecond, o.flush)
	o.flusher = flusher
	return err
}

// AddMetricSamples folds at once, instead of keeping samples until the next flush as
// output.SampleBuffer does: a sample then lives 50 ms instead of 250, and when the reader stalls,
// what piles up is a few bytes per request and not the samples themselves.
func (o *Output) AddMetricSamples(containers []metrics.SampleContainer) {
	if len(containers) == 0 {
		return
	}
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if o.broken == nil {
		o.aggregate.add(containers)
	}
}

// Stop writes what is left and the last line.
func (o *Output) Stop() error {
	o.flusher.Stop()
	o.mutex.Lock()
	broken := o.broken
	o.buffer = o.aggregate.drain(o.buffer[:0], true)
	o.mutex.Unlock()
	if broken != nil {
		return broken
	}
	o.buffer = appendField(o.buffer, `{"type":"end","atUs":`, time.Now().UnixMicro())
	o.buffer = o.aggregate.sum.append(append(o.buffer, `,"totals":`...))
	o.buffer = append(o.buffer, "}\n"...)
	_, err := o.stream.Write(o.buffer)
	return errors.Join(err, o.stream.Close())
}

func (o *Output) flush() {
	o.mutex.Lock()
	broken := o.broken
	o.buffer = o.aggregate.drain(o.buffer[:0], false)
	o.mutex.Unlock()
	if broken != nil {
		return
	}
	if err := o.write(); err != nil {
		o.fail(err)
	}
}

// write notices a reader that is gone even when there is nothing to say: k6 may be paused, or every
// request may hang.
func (o *Output) write() error {
	if len(o.buffer) == 0 {
		return readerGone(o.stream)
	}
	_, err := o.stream.Write(o.buffer)
	return err
}

// fail ends the test: load that nobody watches must not go on.
func (o *Output) fail(cause error) {
	err := fmt.Errorf("nobody reads file descriptor 3 any more, so the test stops: %w", cause)
	o.mutex.Lock()
	o.broken = err
	o.mutex.Unlock()
	o.stopRun(errext.WithAbortReasonIfNone(
		errext.WithExitCodeIfNone(err, exitcodes.ExternalAbort), errext.AbortedByOutput))
}

// k6Version reads the version of k6 from the build.
func k6Version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dependency := range info.Deps {
			if dependency.Path == "go.k6.io/k6/v2" {
				return strings.TrimPrefix(dependency.Version, "v")
			}
		}
	}
	return "unknown"
}
