package holdfast

import (
	"reflect"
	"testing"

	"go.k6.io/k6/v2/metrics"
)

func TestAcksBecomeRangesWhateverTheirOrder(t *testing.T) {
	a, s := testAggregate(), newSource()
	for i, write := range []string{"7", "3", "5", "4", "0", "9007199254740991", "4", "1"} {
		a.add([]metrics.SampleContainer{s.ack(at(int64(800-i)), write)})
	}
	lines := drained(t, a, false)
	want := [][2]int64{{0, 1}, {3, 5}, {7, 7}, {9007199254740991, 9007199254740991}}
	if len(lines) != 1 || lines[0].Type != "acks" || lines[0].Scenario != "load" || !reflect.DeepEqual(lines[0].Ranges, want) {
		t.Fatalf("%+v", lines)
	}
	if lines[0].FromUs != 1_000_000_793 || lines[0].ToUs != 1_000_000_800 {
		t.Errorf("%+v", lines[0])
	}
	a.add([]metrics.SampleContainer{s.ack(at(900), "2")})
	again := drained(t, a, false)
	if len(again) != 1 || again[0].FromUs != 1_000_000_900 || !reflect.DeepEqual(again[0].Ranges, [][2]int64{{2, 2}}) {
		t.Errorf("%+v", again)
	}
}

func TestAcksWithoutANumberAreReported(t *testing.T) {
	a, s := testAggregate(), newSource()
	for _, write := range []string{"", "-1", "1.5", "x", "9007199254740992"} {
		a.add([]metrics.SampleContainer{s.ack(at(0), write)})
	}
	lines := drained(t, a, true)
	if len(lines) != 1 || lines[0].Type != "error" || lines[0].Name != ackMetric || lines[0].N != 5 {
		t.Errorf("%+v", lines)
	}
}
