package main

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"io"
	"os"
	"path/filepath"
	"syscall"
)

// eachPath calls with every path of the body, one after another, as a path of ours.
func eachPath(r *request, files view, call func(path string) error) error {
	for {
		path, err := r.text()
		if err == io.EOF {
			return nil
		}
		if err == nil && r.isCanceled() {
			err = errCanceled
		}
		if err != nil {
			return failed("", err)
		}
		if !filepath.IsAbs(path) {
			return refused(path, "not an absolute path")
		}
		place, err := files.at(filepath.Clean(path))
		if err == nil {
			err = call(place)
		}
		if err != nil {
			return failedBelow(path, err)
		}
	}
}

// remove removes paths with all that is below them.
func remove(r *request, files view) error {
	return eachPath(r, files, func(path string) error {
		if files.told(path) == "/" {
			return refused(path, "all of a container cannot be removed")
		}
		err := os.RemoveAll(path)
		if is(err, syscall.ENOTDIR) {
			// A parent is a file by now, so nothing is there.
			return nil
		}
		return err
	})
}

// Kinds of what stands at a path.
const (
	kindAbsent byte = iota
	kindFile
	kindFolder
	kindLink
	kindOther
)

// inspect tells of each path, in their order: kind (1 byte); unless absent mode (4) and size (8); then of a file its
// SHA-256 (32), of a link its target.
func inspect(r *request, files view, out io.Writer) error {
	i := &inspector{buffer: make([]byte, 128<<10), hash: sha256.New()}
	pending := make([]byte, 0, frameLimit)
	err := eachPath(r, files, func(path string) (err error) {
		if pending, err = i.appendPath(pending, path); err != nil {
			return err
		}
		if len(pending) > frameLimit/2 {
			_, err = out.Write(pending)
			pending = pending[:0]
		}
		return err
	})
	if err == nil {
		_, err = out.Write(pending)
	}
	return err
}

type inspector struct {
	buffer []byte
	hash   hash.Hash
}

func (i *inspector) appendPath(to []byte, path string) ([]byte, error) {
	info, err := os.Lstat(path)
	if is(err, syscall.ENOENT, syscall.ENOTDIR) {
		return append(to, kindAbsent), nil
	}
	if err != nil {
		return to, err
	}
	kind := kindOther
	switch {
	case info.Mode().IsRegular():
		kind = kindFile
	case info.IsDir():
		kind = kindFolder
	case info.Mode()&os.ModeSymlink != 0:
		kind = kindLink
	}
	mode := info.Sys().(*syscall.Stat_t).Mode & 0o7777
	to = binary.BigEndian.AppendUint32(append(to, kind), uint32(mode))
	to = binary.BigEndian.AppendUint64(to, uint64(info.Size()))
	switch kind {
	case kindFile:
		if err := i.read(path); err != nil {
			return to, err
		}
		return i.hash.Sum(to), nil
	case kindLink:
		target, err := os.Readlink(path)
		return appendText(to, target), err
	}
	return to, nil
}

func (i *inspector) read(path string) error {
	// Not blocking: it may have become a pipe that nobody writes to.
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	i.hash.Reset()
	_, err = io.CopyBuffer(struct{ io.Writer }{i.hash}, struct{ io.Reader }{file}, i.buffer)
	return err
}
