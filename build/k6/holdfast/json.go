package holdfast

import (
	"encoding/json"
	"strconv"
)

// quote makes a JSON string; it is called once per series, not per line.
func quote(text string) string {
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(err) // a string always marshals
	}
	return string(quoted)
}

func appendField(line []byte, name string, value int64) []byte {
	return strconv.AppendInt(append(line, name...), value, 10)
}

// appendNumber writes a finite number; whole ones without a fraction.
func appendNumber(line []byte, value float64) []byte {
	if whole := int64(value); float64(whole) == value && whole > -1<<53 && whole < 1<<53 {
		return strconv.AppendInt(line, whole, 10)
	}
	return strconv.AppendFloat(line, value, 'g', -1, 64)
}
