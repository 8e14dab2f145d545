package main

import (
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

const (
	exitNotFound   = 127
	exitNotStarted = 126
	// How long a killed process may take to disappear.
	killWait = 2 * time.Second
	// How often it is looked whether all of a process group has gone: nothing tells of grandchildren.
	groupPoll = 5 * time.Millisecond
)

// wrapper runs one command and starts it again on request. All of it happens in one loop; only that touches the fields.
type wrapper struct {
	argv  []string
	env   []string
	dir   string
	stay  bool
	grace time.Duration
	// The terminal on stdin is ours to give to the command.
	terminal bool

	// The running process; 0 when there is none.
	process int
	// Its process group, as long as any of it may be left.
	group int
	// Connections that wait for the next start. Not empty: the group is being ended.
	waiting []int
	killAt  time.Time
	killed  bool
	// A signal has asked us to end, so the end of the process is the end of the container.
	ending bool
	// Set when it is time to end.
	exit *int
}

func wrap(argv []string, options options) int {
	dir, err := os.Getwd()
	if err != nil {
		dir = "/"
	}
	w := &wrapper{argv: argv, env: os.Environ(), dir: dir, stay: options.onExit == "stay", grace: options.grace}
	w.terminal = hasTerminal()

	listener, err := listen(options.socket)
	if is(err, syscall.EADDRINUSE) {
		// A wrapped image was wrapped again. One of us is enough: the outer one, which restarts whatever is inside it.
		return w.become()
	}
	if err != nil {
		complain("this process cannot be restarted in place: " + err.Error())
	}
	if os.Getpid() != 1 {
		adoptOrphans()
	}
	signals, children := listenToSignals()
	asked := make(chan int)
	if listener >= 0 {
		go accept(listener, asked)
	}

	if err := w.start(); err != nil {
		return w.notStarted(err)
	}
	for w.exit == nil {
		var poll <-chan time.Time
		if len(w.waiting) > 0 {
			poll = time.After(groupPoll)
		}
		select {
		case sig := <-signals:
			w.forward(sig.(syscall.Signal))
		case <-children:
			w.reap()
		case fd := <-asked:
			w.restart(fd)
		case <-poll:
		}
		if w.exit == nil && len(w.waiting) > 0 {
			w.goOnWithRestart()
		}
	}
	w.answerAll(&failure{code: "ECONNRESET", message: "the container ends"})
	return *w.exit
}

func (w *wrapper) end(code int) { w.exit = &code }

// start runs the command, in its own process group, which owns the terminal if there is one.
func (w *wrapper) start() error {
	file, err := lookup(w.argv[0], w.dir, w.env)
	if err != nil {
		return failed(w.argv[0], err)
	}
	pid, err := syscall.ForkExec(file, w.argv, &syscall.ProcAttr{
		// By its path: live updates may have made the folder anew.
		Dir:   w.dir,
		Env:   w.env,
		Files: []uintptr{0, 1, 2},
		Sys:   &syscall.SysProcAttr{Setpgid: true, Foreground: w.terminal, Ctty: 0},
	})
	if err != nil {
		return failed(file, err)
	}
	w.process, w.group = pid, pid
	return nil
}

func (w *wrapper) notStarted(err error) int {
	fail := err.(*failure)
	complain("cannot start " + fail.path + ": " + fail.message)
	if fail.code == "ENOENT" {
		return exitNotFound
	}
	return exitNotStarted
}

// become turns this very process into the command.
func (w *wrapper) become() int {
	file, err := lookup(w.argv[0], w.dir, w.env)
	if err == nil {
		err = syscall.Exec(file, w.argv, w.env)
	}
	return w.notStarted(failed(w.argv[0], err))
}

func (w *wrapper) forward(sig syscall.Signal) {
	if sig == syscall.SIGTERM || sig == syscall.SIGINT || sig == syscall.SIGQUIT {
		w.ending = true
		if w.process == 0 {
			w.end(128 + int(sig))
			return
		}
	}
	if w.process != 0 {
		_ = syscall.Kill(w.process, sig)
	}
}

// reap takes in every process that ended, those of others that came to us as orphans included.
func (w *wrapper) reap() {
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG|syscall.WUNTRACED, nil)
		if err == syscall.EINTR {
			continue
		}
		if err != nil || pid <= 0 {
			return
		}
		if pid != w.process {
			continue
		}
		if status.Stopped() {
			// Nobody in a container could ever continue what Ctrl-Z stopped.
			if status.StopSignal() == syscall.SIGTSTP {
				_ = syscall.Kill(-w.group, syscall.SIGCONT)
			}
			continue
		}
		w.process = 0
		if w.isGroupGone() {
			// Its number may be given to others.
			w.group = 0
		}
		w.ended(exitCode(status))
	}
}

func (w *wrapper) ended(code int) {
	restarting := len(w.waiting) > 0
	switch {
	case w.ending, !w.stay && !restarting:
		w.end(code)
	case !restarting:
		w.takeTerminal()
		os.Stderr.WriteString("[tiltts] The process ended with exit code " + strconv.Itoa(code) + "; the next update starts it again.\n")
	}
}

// restart begins one, or joins the one that is under way.
func (w *wrapper) restart(fd int) {
	w.waiting = append(w.waiting, fd)
	if len(w.waiting) > 1 {
		return
	}
	w.ending = false
	w.killAt, w.killed = time.Now().Add(w.grace), false
	if w.group != 0 {
		_ = syscall.Kill(-w.group, syscall.SIGTERM)
		// What is stopped would not hear it.
		_ = syscall.Kill(-w.group, syscall.SIGCONT)
	}
}

func (w *wrapper) goOnWithRestart() {
	if !w.isGroupGone() {
		switch now := time.Now(); {
		case now.Before(w.killAt):
			return
		case !w.killed:
			w.killed = true
			_ = syscall.Kill(-w.group, syscall.SIGKILL)
			return
		case now.Before(w.killAt.Add(killWait)):
			return
		case w.process != 0:
			w.answerAll(&failure{code: "EBUSY", message: "the process cannot be ended"})
			return
		}
		// Only zombies are left, kept by someone outside the group.
	}
	w.process, w.group = 0, 0
	err := w.start()
	if err != nil && !w.stay {
		w.end(w.notStarted(err))
	} else if err != nil {
		w.takeTerminal()
		w.notStarted(err)
	}
	w.answerAll(err)
}

func (w *wrapper) isGroupGone() bool {
	return w.group == 0 || syscall.Kill(-w.group, 0) == syscall.ESRCH
}

func (w *wrapper) answerAll(err error) {
	for _, fd := range w.waiting {
		answer(fd, err)
	}
	w.waiting = nil
}

// listenToSignals hands on every signal but those of our own: children, the Go scheduler's SIGURG, and what the
// terminal sends to those who use it from the background.
func listenToSignals() (signals chan os.Signal, children chan os.Signal) {
	signals, children = make(chan os.Signal, 64), make(chan os.Signal, 1)
	signal.Notify(children, syscall.SIGCHLD)
	for number := 1; number < 65; number++ {
		sig := syscall.Signal(number)
		switch sig {
		case syscall.SIGCHLD, syscall.SIGURG, syscall.SIGTTIN, syscall.SIGTTOU, syscall.SIGKILL, syscall.SIGSTOP:
			continue
		}
		// What was ignored before us, the command is to ignore as well.
		if !signal.Ignored(sig) {
			signal.Notify(signals, sig)
		}
	}
	return signals, children
}
