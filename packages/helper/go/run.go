package main

import (
	"io"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	// SIGTERM to SIGKILL when a command is canceled.
	runGrace = 2 * time.Second
	// How long output is waited for that background processes of an ended command may still hold open.
	outputWait = 200 * time.Millisecond
)

// run runs one command, sends its output as it comes, and returns its exit code.
func (s *server) run(r *request) (code int, err error) {
	dir, argv, env, err := readCommand(r)
	if err != nil {
		return 0, failed("", err)
	}
	file, err := lookup(argv[0], dir, env)
	if err != nil {
		return 0, failed(argv[0], err)
	}
	stdin, stdinEnd, err := os.Pipe()
	if err != nil {
		return 0, failed("", err)
	}
	defer stdin.Close()
	stdinEnd.Close()
	ended := new(atomic.Bool)
	stdout, stdoutDone, err := s.take(frameStdout, r, ended)
	if err != nil {
		return 0, failed("", err)
	}
	stderr, stderrDone, err := s.take(frameStderr, r, ended)
	if err != nil {
		stdout.Close()
		return 0, failed("", err)
	}
	pid, err := syscall.ForkExec(file, argv, &syscall.ProcAttr{
		Dir:   dir,
		Env:   env,
		Files: []uintptr{stdin.Fd(), stdout.Fd(), stderr.Fd()},
		Sys:   &syscall.SysProcAttr{Setpgid: true},
	})
	stdout.Close()
	stderr.Close()
	if err != nil {
		return 0, failed(whyNotStarted(file, dir), err)
	}
	code = waitOrEnd(pid, r.canceled)

	timeout := time.After(outputWait)
	for _, done := range []<-chan struct{}{stdoutDone, stderrDone} {
		select {
		case <-done:
		case <-timeout:
			timeout = time.After(0)
		}
	}
	ended.Store(true)
	return code, nil
}

func readCommand(r *request) (dir string, argv, env []string, err error) {
	if dir, err = r.text(); err != nil {
		return "", nil, nil, unexpected(err)
	}
	if argv, err = r.texts(); err != nil {
		return "", nil, nil, err
	}
	if env, err = r.texts(); err != nil {
		return "", nil, nil, err
	}
	if len(argv) == 0 {
		return "", nil, nil, refused("", "an empty command")
	}
	if dir == "" {
		dir, err = os.Getwd()
	}
	return dir, argv, merge(os.Environ(), env), err
}

// merge puts variables in place of those with the same name.
func merge(env, over []string) []string {
	merged := slices.Clone(over)
	for _, entry := range env {
		name, _, _ := strings.Cut(entry, "=")
		if !slices.ContainsFunc(over, func(one string) bool { return strings.HasPrefix(one, name+"=") }) {
			merged = append(merged, entry)
		}
	}
	return merged
}

// whyNotStarted names the folder when it is that which is missing: the system says the same of both.
func whyNotStarted(file, dir string) string {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return dir
	}
	return file
}

// take returns the end of a pipe to write to. What comes through it is sent until the request has ended; it is read on
// after that, since a background process would die of a pipe that is closed.
func (s *server) take(kind byte, r *request, ended *atomic.Bool) (*os.File, <-chan struct{}, error) {
	from, to, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer from.Close()
		_, _ = io.CopyBuffer(untilEnded{output{&s.sender, kind, r.id}, ended}, struct{ io.Reader }{from}, make([]byte, frameLimit))
	}()
	return to, done, nil
}

type untilEnded struct {
	output
	ended *atomic.Bool
}

func (u untilEnded) Write(bytes []byte) (int, error) {
	if u.ended.Load() {
		return len(bytes), nil
	}
	return u.output.Write(bytes)
}

// waitOrEnd waits for a process, and ends its group when that is asked for.
func waitOrEnd(pid int, canceled <-chan struct{}) int {
	exited := make(chan int, 1)
	go func() {
		var status syscall.WaitStatus
		_, err := syscall.Wait4(pid, &status, 0, nil)
		for err == syscall.EINTR {
			_, err = syscall.Wait4(pid, &status, 0, nil)
		}
		exited <- exitCode(status)
	}()
	select {
	case code := <-exited:
		return code
	case <-canceled:
	}
	_ = syscall.Kill(-pid, syscall.SIGTERM)
	select {
	case code := <-exited:
		// What did not listen is not left behind.
		_ = syscall.Kill(-pid, syscall.SIGKILL)
		return code
	case <-time.After(runGrace):
	}
	_ = syscall.Kill(-pid, syscall.SIGKILL)
	return <-exited
}
