package holdfast

import (
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/sirupsen/logrus"
)

func TestExceptionsThatK6LogsAreSeen(t *testing.T) {
	logger := logrus.New()
	logger.SetOutput(io.Discard)
	var seen []string
	watchExceptions(logger, func(scenario, text string, _ time.Time) { seen = append(seen, scenario+": "+text) })
	executor := logger.WithFields(logrus.Fields{"executor": "constant-arrival-rate", "scenario": "load"})
	executor.WithField("source", "stacktrace").Error("Error: no token of http://127.0.0.1:80/x for 3f2c0000-aa11\n\tat run (file:///b.js:1:1)\n")
	executor.Error(errors.New("a rejection"))
	executor.Warn("Insufficient VUs")
	logger.WithField("source", "console").Error("a line of the script")
	logger.WithField("scenario", 7).Error("something else")
	if got, want := fmt.Sprint(seen), "[load: Error: no token of <address> for <id> load: a rejection]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
