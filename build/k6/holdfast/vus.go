package holdfast

// vus holds k6's two gauges of virtual users, by second, since the last flush.
type vus []vusSecond

type vusSecond struct{ second, active, max int64 }

func (v *vus) at(second int64) *vusSecond {
	for i := range *v {
		if (*v)[i].second == second {
			return &(*v)[i]
		}
	}
	*v = append(*v, vusSecond{second: second})
	return &(*v)[len(*v)-1]
}

func (v *vus) drain(lines []byte) []byte {
	for _, s := range *v {
		lines = appendField(lines, `{"type":"vus","s":`, s.second)
		lines = appendField(lines, `,"active":`, s.active)
		lines = appendField(lines, `,"max":`, s.max)
		lines = append(lines, "}\n"...)
	}
	*v = (*v)[:0]
	return lines
}
