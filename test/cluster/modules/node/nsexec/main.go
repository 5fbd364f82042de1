// Command nsexec runs a program of this machine in namespaces of another process. It stands for chaos-mesh/nsexec, which
// is no Go module: nsexec [-l] [-n|-m|-i|-p /proc/PID/ns/X]... -- command [argument]...
// The mount namespace is left out: the programs that Chaos Mesh starts this way are those of its own image (-l).
package main

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"
)

const setNamespace = 308 // SYS_SETNS on amd64
const setNamespaceArm = 268

func main() {
	runtime.LockOSThread()
	args := os.Args[1:]
	for len(args) > 1 && args[0] != "--" {
		if args[0] == "-l" {
			args = args[1:]
			continue
		}
		if args[0] != "-m" {
			if err := enter(args[1]); err != nil {
				fail(fmt.Errorf("%s: %w", args[1], err))
			}
		}
		args = args[2:]
	}
	if len(args) < 2 {
		fail(fmt.Errorf("no command after --"))
	}
	command := exec.Command(args[1], args[2:]...)
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	received := make(chan os.Signal, 8)
	signal.Notify(received, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
	if err := command.Start(); err != nil {
		fail(err)
	}
	go func() {
		for one := range received {
			_ = command.Process.Signal(one)
		}
	}()
	_ = command.Wait() // its exit status says how it ended
	if status, ok := command.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		os.Exit(128 + int(status.Signal()))
	}
	os.Exit(command.ProcessState.ExitCode())
}

func enter(path string) error {
	fd, err := syscall.Open(path, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer syscall.Close(fd)
	number := uintptr(setNamespace)
	if runtime.GOARCH == "arm64" {
		number = setNamespaceArm
	}
	if _, _, errno := syscall.RawSyscall(number, uintptr(fd), 0, 0); errno != 0 {
		return errno
	}
	return nil
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "nsexec:", err)
	os.Exit(1)
}
