// Command pause has the two duties of that name. As a container it holds a pod's namespaces and takes up orphans.
// With arguments, as Chaos Mesh's daemon starts it, it becomes that command on SIGCONT.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

func main() {
	if len(os.Args) > 1 {
		becomeOnContinue(os.Args[1:])
	}
	received := make(chan os.Signal, 4)
	signal.Notify(received, syscall.SIGINT, syscall.SIGTERM, syscall.SIGCHLD)
	for one := range received {
		if one != syscall.SIGCHLD {
			return
		}
		for {
			if pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil); pid <= 0 || err != nil {
				break
			}
		}
	}
}

func becomeOnContinue(args []string) {
	received := make(chan os.Signal, 1)
	signal.Notify(received, syscall.SIGCONT)
	<-received
	path, err := exec.LookPath(args[0])
	if err == nil {
		err = syscall.Exec(path, args, os.Environ())
	}
	fmt.Fprintln(os.Stderr, "pause:", err)
	os.Exit(1)
}
