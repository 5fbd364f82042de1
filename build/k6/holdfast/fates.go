package holdfast

// fates tells what the running iteration of each virtual user has done to the SLI of its scenario,
// so that an iteration that fails is one bad event and not two.
type fates map[string]*fate

type fate struct {
	iteration string
	good, bad bool
}

// of gives the fate of the iteration that a sample belongs to; nil when the sample does not say.
func (f fates) of(metadata map[string]string) *fate {
	vu, known := metadata["vu"]
	if !known {
		return nil
	}
	found, known := f[vu]
	if !known {
		found = &fate{}
		f[vu] = found
	}
	if iteration := metadata["iter"]; found.iteration != iteration {
		*found = fate{iteration: iteration}
	}
	return found
}

// request notes a request of the SLI.
func (f fates) request(metadata map[string]string, ok bool) {
	if of := f.of(metadata); of != nil {
		of.good = of.good || ok
		of.bad = of.bad || !ok
	}
}
