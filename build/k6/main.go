// Command k6 is k6 with Holdfast's output extension.
package main

import (
	"go.k6.io/k6/v2/cmd"

	_ "holdfast/build/k6/holdfast"
)

func main() {
	cmd.Execute()
}
