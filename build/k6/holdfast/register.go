// Package holdfast is a k6 output.
package holdfast

import _ "go.k6.io/k6/v2/output"
