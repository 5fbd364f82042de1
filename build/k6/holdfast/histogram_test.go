package holdfast

import (
	"fmt"
	"testing"
)

func TestBucketOf(t *testing.T) {
	// Reference values come from model/histogram.ts.
	for _, c := range []struct {
		value  int64
		bucket uint16
	}{
		{-5, 0}, {0, 0}, {1, 1}, {2047, 2047},
		{2048, 2048}, {2049, 2048}, {2050, 2049}, {4095, 3071}, {4096, 3072}, {4099, 3072}, {4100, 3073},
		{100_000, 7706}, {500_000, 10145}, {60_000_000, 17191}, {1 << 31, 22528}, {1_000_000_000_000_000, 41754},
	} {
		if got := bucketOf(c.value); got != c.bucket {
			t.Errorf("bucketOf(%d) = %d, want %d", c.value, got, c.bucket)
		}
	}
}

func TestBucketsAreNarrowAndInOrder(t *testing.T) {
	for value := int64(1); value < 1e15; value += 1 + value/997 {
		bucket := bucketOf(value)
		low, width := int64(bucket), int64(1)
		if bucket >= 2048 {
			shift := bucket/1024 - 1
			width = 1 << shift
			low = int64(bucket-shift*1024) * width
		}
		if value < low || value >= low+width {
			t.Fatalf("%d is in bucket %d, which holds %d..%d", value, bucket, low, low+width-1)
		}
		if width*1024 > max(low, 1024) {
			t.Fatalf("bucket %d is wider than 1/1024 of its values", bucket)
		}
	}
}

func TestThousandths(t *testing.T) {
	for _, c := range []struct {
		value float64
		want  int64
	}{
		{0, 0}, {1.001, 1001}, {0.29, 290}, {499.999999, 499_999}, {500, 500_000}, {4.35, 4350}, {-1.5, -1500},
	} {
		if got := thousandths(c.value); got != c.want {
			t.Errorf("thousandths(%v) = %d, want %d", c.value, got, c.want)
		}
	}
	for us := int64(0); us < 2_000_000; us++ {
		if got := thousandths(float64(us*1000) / 1e6); got != us {
			t.Fatalf("%d µs, as k6 writes milliseconds, became %d", us, got)
		}
	}
}

func TestAppendHistogram(t *testing.T) {
	got := string(appendHistogram(nil, []uint16{7, 3, 7, 7, 2500}))
	if got != "[3,1,7,3,2500,1]" {
		t.Error(got)
	}
	if got := string(appendHistogram(nil, nil)); got != "[]" {
		t.Error(got)
	}
}

func TestAppendNumber(t *testing.T) {
	for value, want := range map[float64]string{0: "0", 500_000: "500000", -3: "-3", 3.5: "3.5", 1e300: "1e+300"} {
		if got := string(appendNumber(nil, value)); got != want {
			t.Error(fmt.Sprint(value), "became", got)
		}
	}
}
