package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"sync"
)

// A frame is: kind (1 byte), id of the request (4), length (4, both big-endian), payload. src/frames.ts has the same numbers.
const (
	// To the agent. A request names its operation in one byte; its body follows in frames of its own, up to the end.
	frameRequest byte = 1
	frameBody    byte = 2
	frameEnd     byte = 3
	frameCancel  byte = 4
	// From the agent: pieces of output or result, then one of the last two.
	frameStdout byte = 16
	frameStderr byte = 17
	frameResult byte = 18
	frameDone   byte = 19
	frameFailed byte = 20
)

const (
	headerSize = 9
	// The longest payload.
	frameLimit = 64 << 10
)

var errCanceled = errors.New("canceled")

// sender writes frames to the other side, whole ones, from whichever goroutine.
type sender struct {
	mutex  sync.Mutex
	out    io.Writer
	buffer [headerSize + frameLimit]byte
}

func (s *sender) send(kind byte, id uint32, payload []byte) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.buffer[0] = kind
	binary.BigEndian.PutUint32(s.buffer[1:], id)
	binary.BigEndian.PutUint32(s.buffer[5:], uint32(len(payload)))
	length := headerSize + copy(s.buffer[headerSize:], payload)
	_, err := s.out.Write(s.buffer[:length])
	return err
}

// output sends what a request has to tell in frames of one kind.
type output struct {
	sender *sender
	kind   byte
	id     uint32
}

func (o output) Write(bytes []byte) (int, error) {
	for rest := bytes; len(rest) > 0; {
		piece := rest[:min(len(rest), frameLimit)]
		if err := o.sender.send(o.kind, o.id, piece); err != nil {
			return 0, err
		}
		rest = rest[len(piece):]
	}
	return len(bytes), nil
}

// request is what one handler works on. Its body comes through a pipe, so that nothing is held in memory.
type request struct {
	id        uint32
	operation byte
	body      *bufio.Reader
	pipe      *io.PipeReader
	feed      *io.PipeWriter
	canceled  chan struct{}
	cancel    func()
}

func newRequest(id uint32, operation byte) *request {
	pipe, feed := io.Pipe()
	canceled := make(chan struct{})
	return &request{
		id: id, operation: operation, pipe: pipe, feed: feed, canceled: canceled,
		body: bufio.NewReaderSize(pipe, frameLimit),
		cancel: sync.OnceFunc(func() {
			close(canceled)
			feed.CloseWithError(errCanceled)
		}),
	}
}

func (r *request) isCanceled() bool {
	select {
	case <-r.canceled:
		return true
	default:
		return false
	}
}

// text reads a text of the body: its length (4 bytes) and its bytes. io.EOF tells that there is no further one.
func (r *request) text() (string, error) {
	length, err := r.number()
	if err != nil {
		return "", err
	}
	if length > 1<<20 {
		return "", refused("", "a text of more than 1 MiB")
	}
	bytes := make([]byte, length)
	if _, err := io.ReadFull(r.body, bytes); err != nil {
		return "", unexpected(err)
	}
	return string(bytes), nil
}

func (r *request) number() (uint32, error) {
	var bytes [4]byte
	if _, err := io.ReadFull(r.body, bytes[:]); err != nil {
		return 0, err
	}
	return binary.BigEndian.Uint32(bytes[:]), nil
}

func (r *request) texts() ([]string, error) {
	count, err := r.number()
	if err != nil {
		return nil, unexpected(err)
	}
	var texts []string
	for ; count > 0; count-- {
		text, err := r.text()
		if err != nil {
			return nil, unexpected(err)
		}
		texts = append(texts, text)
	}
	return texts, nil
}

func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

func appendText(to []byte, text string) []byte {
	return append(binary.BigEndian.AppendUint32(to, uint32(len(text))), text...)
}

// reader takes the frames of the other side apart.
type reader struct {
	in     *bufio.Reader
	buffer []byte
}

func newReader() *reader {
	return &reader{in: bufio.NewReaderSize(os.Stdin, frameLimit), buffer: make([]byte, frameLimit)}
}

func (r *reader) header() (kind byte, id uint32, length int64, err error) {
	var header [headerSize]byte
	if _, err = io.ReadFull(r.in, header[:]); err != nil {
		return 0, 0, 0, err
	}
	return header[0], binary.BigEndian.Uint32(header[1:]), int64(binary.BigEndian.Uint32(header[5:])), nil
}

// feed hands a payload to a request, if that still takes any.
func (r *reader) feed(to *request, length int64) error {
	payload := &io.LimitedReader{R: r.in, N: length}
	if to != nil {
		// An error here is either the handler's end, or found again below.
		_, _ = io.CopyBuffer(to.feed, payload, r.buffer)
	}
	_, err := io.CopyBuffer(io.Discard, payload, r.buffer)
	if err == nil && payload.N > 0 {
		err = io.ErrUnexpectedEOF
	}
	return err
}
