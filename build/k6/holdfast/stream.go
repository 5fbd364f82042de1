package holdfast

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// openStream takes an inherited descriptor, which must be a pipe or a socket: anything else is a
// descriptor that somebody else opened, or one that nobody reads.
func openStream(descriptor int) (*os.File, error) {
	var stat unix.Stat_t
	err := unix.Fstat(descriptor, &stat)
	if kind := stat.Mode & unix.S_IFMT; err != nil || (kind != unix.S_IFIFO && kind != unix.S_IFSOCK) {
		return nil, fmt.Errorf("file descriptor %d is not a pipe or a socket, so nobody reads the windows: "+
			"start k6 through holdfast (holdfast run <game day>)", descriptor)
	}
	unix.CloseOnExec(descriptor)
	return os.NewFile(uintptr(descriptor), "windows"), nil
}

// readerGone asks the kernel whether the other end is closed, without writing.
func readerGone(stream *os.File) error {
	poll := []unix.PollFd{{Fd: int32(stream.Fd())}}
	if _, err := unix.Poll(poll, 0); err != nil && !errors.Is(err, unix.EINTR) {
		return err
	}
	if poll[0].Revents&(unix.POLLERR|unix.POLLHUP|unix.POLLNVAL) != 0 {
		return unix.EPIPE
	}
	return nil
}
