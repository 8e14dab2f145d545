package main

import (
	"os"
	"strings"
	"syscall"
)

// The wrapper is asked over an abstract socket: it needs no file system that can be written, and any user may ask.
// Containers of one pod share a network, and so such names; each has a mount namespace of its own, whose id is in the name.
func socketName() string {
	link, err := os.Readlink("/proc/self/ns/mnt")
	if err != nil {
		// Sandboxes without namespaces in /proc have a network for each container.
		return "tiltts-helper"
	}
	return "tiltts-helper-" + strings.Trim(strings.TrimPrefix(link, "mnt:"), "[]")
}

const (
	askRestart = "restart"
	answerDone = "done"
)

func socket() (int, error) {
	return syscall.Socket(syscall.AF_UNIX, syscall.SOCK_SEQPACKET|syscall.SOCK_CLOEXEC, 0)
}

func address(name string) syscall.Sockaddr {
	return &syscall.SockaddrUnix{Name: "@" + name}
}

// listen takes the name; EADDRINUSE says that another wrapper of this container has it.
func listen(name string) (int, error) {
	fd, err := socket()
	if err != nil {
		return -1, err
	}
	if err = syscall.Bind(fd, address(name)); err == nil {
		err = syscall.Listen(fd, 64)
	}
	if err != nil {
		syscall.Close(fd)
		return -1, err
	}
	return fd, nil
}

// accept hands each connection that asks for a restart to the channel. Answering and closing it is the receiver's turn.
func accept(listener int, asked chan<- int) {
	for {
		fd, _, err := syscall.Accept4(listener, syscall.SOCK_CLOEXEC)
		if err == syscall.EINTR || err == syscall.ECONNABORTED {
			continue
		}
		if err != nil {
			complain("no further restarts can be asked for: " + err.Error())
			return
		}
		go func() {
			message := make([]byte, 64)
			count, err := syscall.Read(fd, message)
			if err != nil || count <= 0 || string(message[:count]) != askRestart || !fromWithin(fd) {
				syscall.Close(fd)
				return
			}
			asked <- fd
		}()
	}
}

// fromWithin tells whether who asks is of this container or pod. On a host's network, others can see the socket;
// processes that our namespace does not have are seen without an id.
func fromWithin(fd int) bool {
	peer, err := syscall.GetsockoptUcred(fd, syscall.SOL_SOCKET, syscall.SO_PEERCRED)
	return err == nil && peer.Pid != 0
}

func answer(fd int, err error) {
	message := answerDone
	if err != nil {
		message = codeAndWords(err)
	}
	// Who asked may have gone.
	_, _ = syscall.Write(fd, []byte(message))
	syscall.Close(fd)
}

func codeAndWords(err error) string {
	fail, ok := failed("", err).(*failure)
	if !ok {
		return "EIO\n" + err.Error()
	}
	return fail.code + "\n" + fail.path + "\n" + fail.message
}

// isWrapped tells whether a wrapper answers in this container.
func isWrapped(name string) bool {
	fd, err := socket()
	if err != nil {
		return false
	}
	defer syscall.Close(fd)
	return syscall.Connect(fd, address(name)) == nil
}

// restartWrapped asks the wrapper for a restart, and waits until the new process has been started.
func restartWrapped(name string, canceled <-chan struct{}) error {
	fd, err := socket()
	if err != nil {
		return failed("", err)
	}
	defer syscall.Close(fd)
	if err := syscall.Connect(fd, address(name)); err != nil {
		if is(err, syscall.ECONNREFUSED) {
			return &failure{code: "ECONNREFUSED", message: "the helper does not run in front of this container's command"}
		}
		return failed("", err)
	}
	if _, err := syscall.Write(fd, []byte(askRestart)); err != nil {
		return failed("", err)
	}
	ended := make(chan struct{})
	defer close(ended)
	go func() {
		select {
		case <-canceled:
			_ = syscall.Shutdown(fd, syscall.SHUT_RDWR)
		case <-ended:
		}
	}()
	message := make([]byte, 4096)
	count, err := syscall.Read(fd, message)
	for err == syscall.EINTR {
		count, err = syscall.Read(fd, message)
	}
	select {
	case <-canceled:
		return errCanceled
	default:
	}
	if err != nil || count <= 0 {
		return &failure{code: "ECONNRESET", message: "the container ended before the process was started again"}
	}
	said := string(message[:count])
	if said == answerDone {
		return nil
	}
	parts := append(strings.SplitN(said, "\n", 3), "", "")
	return &failure{code: parts[0], path: parts[1], message: parts[2]}
}
