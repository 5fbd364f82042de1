package holdfast

import (
	"regexp"
	"strings"
	"time"

	"github.com/sirupsen/logrus"
)

// exceptionHook sees what k6 itself logs when an iteration ends by an exception. The scenarios catch
// their own; what is thrown in a timer or an event of a socket never reaches them, and k6 counts
// such an iteration as complete.
type exceptionHook struct {
	seen func(scenario, text string, at time.Time)
}

// watchExceptions adds the hook to k6's logger, whose executors tell the scenario in a field.
func watchExceptions(logger logrus.FieldLogger, seen func(scenario, text string, at time.Time)) {
	switch l := logger.(type) {
	case *logrus.Logger:
		l.AddHook(exceptionHook{seen})
	case *logrus.Entry:
		l.Logger.AddHook(exceptionHook{seen})
	}
}

func (exceptionHook) Levels() []logrus.Level { return []logrus.Level{logrus.ErrorLevel} }

func (h exceptionHook) Fire(entry *logrus.Entry) error {
	scenario, fromExecutor := entry.Data["scenario"].(string)
	if _, known := entry.Data["executor"]; fromExecutor && known {
		h.seen(scenario, exceptionText(entry.Message), entry.Time)
	}
	return nil
}

var (
	address = regexp.MustCompile(`[a-z][a-z0-9+.-]*://\S+`)
	word    = regexp.MustCompile(`[\w.:-]+`)
	digit   = regexp.MustCompile(`[0-9]`)
)

// exceptionText is the first line of a stack trace without addresses and ids, so that equal
// exceptions have one text.
func exceptionText(trace string) string {
	text, _, _ := strings.Cut(trace, "\n")
	text = address.ReplaceAllString(strings.TrimPrefix(text, "Uncaught (in promise) "), "<address>")
	return word.ReplaceAllStringFunc(text, func(word string) string {
		if len(digit.FindAllString(word, 4)) == 4 {
			return "<id>"
		}
		return word
	})
}
