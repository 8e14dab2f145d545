package main

import (
	"errors"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
)

// A target is another container of our pod whose processes we see: a container that was put beside it looks after its files
// by the root of its main process. The system allows that to the same user with no fewer rights.

// target names one: the number of its main process, or its id where several containers share their processes.
type target string

const (
	sysPidfdOpen = 434
	openPath     = 0x200000
)

var errNotShared = errors.New("the container runtime does not share the processes of the target with this container")

// process finds the main process: of those in the container's control group, the oldest.
func (t target) process() (int, error) {
	if pid, err := strconv.Atoi(string(t)); err == nil {
		ours, err := os.Stat("/")
		theirs, other := os.Stat("/proc/" + string(t) + "/root/")
		if err == nil && other == nil && os.SameFile(ours, theirs) {
			return 0, errNotShared
		}
		return pid, nil
	}
	names, err := os.ReadDir("/proc")
	if err != nil {
		return 0, err
	}
	found, oldest := 0, uint64(0)
	for _, entry := range names {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil || !t.has(entry.Name()) {
			continue
		}
		if started, err := startOf(entry.Name()); err == nil && (found == 0 || started < oldest) {
			found, oldest = pid, started
		}
	}
	if found == 0 {
		return 0, errors.New("no process of the target is to be seen")
	}
	return found, nil
}

func (t target) has(pid string) bool {
	groups, err := os.ReadFile("/proc/" + pid + "/cgroup")
	return err == nil && strings.Contains(string(groups), string(t))
}

// startOf is when a process was started, in ticks since the system was.
func startOf(pid string) (uint64, error) {
	stat, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return 0, err
	}
	// The name in the second field may hold anything; the 22nd field is the 20th after it.
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	if len(fields) < 20 {
		return 0, errors.New("not the status of a process")
	}
	return strconv.ParseUint(fields[19], 10, 64)
}

// userOf is the user and group that a process runs as.
func userOf(pid int) (uid, gid string, err error) {
	status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return "", "", err
	}
	for line := range strings.Lines(string(status)) {
		fields := strings.Fields(line)
		if len(fields) < 3 {
			continue
		}
		switch fields[0] {
		case "Uid:":
			uid = fields[2]
		case "Gid:":
			gid = fields[2]
		}
	}
	return uid, gid, nil
}

// open takes hold of the root, so that it stays the one of this very run of the container, and ends us with that run.
func (t target) open() (view, error) {
	pid, err := t.process()
	if err != nil {
		return view{}, err
	}
	handle, _, errno := syscall.RawSyscall(sysPidfdOpen, uintptr(pid), 0, 0)
	root, err := syscall.Open("/proc/"+strconv.Itoa(pid)+"/root", openPath|syscall.O_DIRECTORY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return view{}, err
	}
	// Its number may have been given away before we had hold of it.
	if again, err := t.process(); err != nil || again != pid {
		return view{}, errors.New("the target has just ended")
	}
	// Without such handles, which old systems lack, the end of the target shows by that of the exec.
	if errno == 0 {
		go endWith(int(handle))
	}
	return view{base: "/proc/self/fd/" + strconv.Itoa(root)}, nil
}

func endWith(handle int) {
	for {
		var set syscall.FdSet
		set.Bits[handle/64] |= 1 << (handle % 64)
		if _, err := syscall.Select(handle+1, &set, nil, nil, nil); err == syscall.EINTR {
			continue
		}
		complain("the target has ended")
		os.Exit(0)
	}
}

// look tells who the target runs as, and whether we can get at its files: `uid gid ok`, or the system's code at the end.
func (t target) look() int {
	pid, err := t.process()
	if err != nil {
		complain(err.Error())
		return 1
	}
	uid, gid, err := userOf(pid)
	if err != nil {
		complain(err.Error())
		return 1
	}
	answer := "ok"
	if _, err := t.open(); err != nil {
		var fail *failure
		errors.As(failed("", err), &fail)
		answer = fail.code
	}
	os.Stdout.WriteString(uid + " " + gid + " " + answer + "\n")
	return 0
}

// idle keeps a container there until it is told to end.
func idle() int {
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM, syscall.SIGINT)
	<-end
	return 0
}
