package holdfast

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"go.k6.io/k6/v2/lib/fsext"
)

// config is OutputConfig of model/window.ts.
type config struct {
	SchemaVersion int `json:"schemaVersion"`
	// ThresholdsUs maps a metric to the thresholds that are counted exactly, ascending.
	ThresholdsUs map[string][]int64 `json:"thresholdsUs"`
	FlushMs      int                `json:"flushMs"`
	MaxSeries    int                `json:"maxSeries"`
}

func readConfig(fs fsext.Fs, path string) (config, error) {
	var c config
	if path == "" {
		return c, fmt.Errorf("no configuration file: write --out holdfast=<config.json>, or run k6 through holdfast")
	}
	text, err := fsext.ReadFile(fs, path)
	if err != nil {
		return c, fmt.Errorf("cannot read the configuration file: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&c); err != nil {
		return c, fmt.Errorf("%s is no output configuration: %w", path, err)
	}
	if err := c.check(); err != nil {
		return c, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}

func (c config) check() error {
	if c.SchemaVersion != schemaVersion {
		return fmt.Errorf("schemaVersion is %d, this build of k6 writes %d: build k6 again", c.SchemaVersion, schemaVersion)
	}
	if c.FlushMs < 1 {
		return fmt.Errorf("flushMs is %d, it must be at least 1", c.FlushMs)
	}
	if c.MaxSeries < 1 {
		return fmt.Errorf("maxSeries is %d, it must be at least 1", c.MaxSeries)
	}
	for metric, thresholds := range c.ThresholdsUs {
		if !slices.IsSorted(thresholds) || (len(thresholds) > 0 && thresholds[0] < 1) {
			return fmt.Errorf("thresholdsUs of %s must be positive and ascending: %v", metric, thresholds)
		}
	}
	return nil
}
