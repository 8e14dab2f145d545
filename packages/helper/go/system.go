package main

import (
	"os/signal"
	"syscall"
	"unsafe"
)

const prSetChildSubreaper = 36

// adoptOrphans makes us the parent of descendants whose own parent has gone, as process 1 is anyway.
func adoptOrphans() {
	_, _, _ = syscall.RawSyscall(syscall.SYS_PRCTL, prSetChildSubreaper, 1, 0)
}

// hasTerminal tells whether stdin is a terminal that we have in the foreground.
func hasTerminal() bool {
	var group int32
	_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, 0, syscall.TIOCGPGRP, uintptr(unsafe.Pointer(&group)))
	return errno == 0 && int(group) == syscall.Getpgrp()
}

// takeTerminal brings us to the foreground again, so that Ctrl-C reaches us while no command runs.
func (w *wrapper) takeTerminal() {
	if !w.terminal {
		return
	}
	// From the background this is only allowed to those who do not listen to SIGTTOU.
	signal.Ignore(syscall.SIGTTOU)
	defer signal.Reset(syscall.SIGTTOU)
	group := int32(syscall.Getpgrp())
	_, _, _ = syscall.Syscall(syscall.SYS_IOCTL, 0, syscall.TIOCSPGRP, uintptr(unsafe.Pointer(&group)))
}
