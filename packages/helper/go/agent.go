package main

import (
	"encoding/binary"
	"errors"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// What can be asked for.
const (
	operationPing    byte = 1
	operationCopy    byte = 2
	operationRemove  byte = 3
	operationRun     byte = 4
	operationRestart byte = 5
	operationInspect byte = 6
)

// How long what still runs may take to end after stdin has ended.
const leaveWait = 3 * time.Second

// agent carries out one request after another until stdin ends.
func agent(options options) int {
	// A reader that has gone is an error of that write, not the end of a command that still has to be ended.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	a := &server{sender: sender{out: os.Stdout}, socket: options.socket}
	if options.target != "" {
		files, err := options.target.open()
		if err != nil {
			complain(err.Error())
			return 1
		}
		a.files = files
	}
	requests, idle := make(chan *request), make(chan struct{})
	go func() {
		defer close(idle)
		for request := range requests {
			a.answer(request)
		}
	}()

	in := newReader()
	var current *request
	code := 0
	for code == 0 {
		kind, id, length, err := in.header()
		if err != nil {
			break
		}
		ours := current
		if ours != nil && ours.id != id {
			ours = nil
		}
		switch {
		case kind == frameRequest && length == 1:
			operation, _ := in.in.ReadByte()
			current = newRequest(id, operation)
			requests <- current
		case kind == frameBody:
			if in.feed(ours, length) != nil {
				code = 1
			}
		case kind == frameEnd && length == 0:
			if ours != nil {
				ours.feed.Close()
			}
		case kind == frameCancel && length == 0:
			if ours != nil {
				ours.cancel()
			}
		default:
			complain("stdin does not speak the agent's protocol")
			code = exitUsage
		}
	}
	if current != nil {
		current.cancel()
	}
	close(requests)
	select {
	case <-idle:
	case <-time.After(leaveWait):
	}
	return code
}

type server struct {
	sender sender
	socket string
	// The files that requests are about.
	files view
}

func (s *server) answer(r *request) {
	// Further pieces of the body are thrown away from here on.
	defer r.pipe.Close()
	result, err := s.handle(r)
	if r.isCanceled() {
		err = &failure{code: "ECANCELED", message: "canceled"}
	}
	kind := frameDone
	var fail *failure
	if errors.As(failed("", err), &fail) {
		kind, result = frameFailed, appendText(appendText(appendText(nil, fail.code), s.files.told(fail.path)), fail.message)
	}
	// Without a reader stdin ends, too.
	_ = s.sender.send(kind, r.id, result)
}

func (s *server) handle(r *request) (result []byte, err error) {
	if s.files.base != "" && (r.operation == operationRun || r.operation == operationRestart) {
		return nil, refused("", "processes of another container are not for this one to start")
	}
	switch r.operation {
	case operationPing:
		wrapped := byte(0)
		if s.files.base == "" && isWrapped(s.socket) {
			wrapped = 1
		}
		return append([]byte{wrapped}, version...), nil
	case operationCopy:
		return nil, unpack(r, s.files)
	case operationRemove:
		return nil, remove(r, s.files)
	case operationRun:
		code, err := s.run(r)
		return binary.BigEndian.AppendUint32(nil, uint32(code)), err
	case operationRestart:
		return nil, restartWrapped(s.socket, r.canceled)
	case operationInspect:
		return nil, inspect(r, s.files, output{&s.sender, frameResult, r.id})
	}
	return nil, refused("", "an operation that this version of the helper does not have")
}
