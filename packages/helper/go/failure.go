package main

import (
	"errors"
	"io/fs"
	"strconv"
	"syscall"
)

// failure is an error as the other side gets it: the system's code, the path it is about, and words.
type failure struct {
	code    string
	path    string
	message string
}

func (f *failure) Error() string { return f.message }

// failed makes a failure about a path of whatever went wrong there.
func failed(path string, err error) error {
	var known *failure
	if err == nil || errors.As(err, &known) {
		return err
	}
	var errno syscall.Errno
	if !errors.As(err, &errno) {
		return &failure{code: "EIO", path: path, message: err.Error()}
	}
	return &failure{code: codeOf(errno), path: path, message: errno.Error()}
}

// failedBelow is failed, about the path that the error itself names when it names one.
func failedBelow(path string, err error) error {
	var inner *fs.PathError
	if errors.As(err, &inner) && inner.Path != "" && inner.Path[0] == '/' {
		path = inner.Path
	}
	return failed(path, err)
}

func refused(path, message string) error {
	return &failure{code: "EINVAL", path: path, message: message}
}

// is tells whether an error is one of these codes of the system.
func is(err error, codes ...syscall.Errno) bool {
	var errno syscall.Errno
	if !errors.As(err, &errno) {
		return false
	}
	for _, code := range codes {
		if errno == code {
			return true
		}
	}
	return false
}

// notOurs keeps quiet about metadata that only a path's owner may set: its content is what counts.
func notOurs(err error) error {
	if is(err, syscall.EPERM) {
		return nil
	}
	return err
}

func codeOf(errno syscall.Errno) string {
	if name, ok := codes[errno]; ok {
		return name
	}
	return "E" + strconv.Itoa(int(errno))
}

var codes = map[syscall.Errno]string{
	syscall.E2BIG:        "E2BIG",
	syscall.EACCES:       "EACCES",
	syscall.EAGAIN:       "EAGAIN",
	syscall.EBUSY:        "EBUSY",
	syscall.ECONNREFUSED: "ECONNREFUSED",
	syscall.ECONNRESET:   "ECONNRESET",
	syscall.EDQUOT:       "EDQUOT",
	syscall.EEXIST:       "EEXIST",
	syscall.EFBIG:        "EFBIG",
	syscall.EINVAL:       "EINVAL",
	syscall.EIO:          "EIO",
	syscall.EISDIR:       "EISDIR",
	syscall.ELOOP:        "ELOOP",
	syscall.EMFILE:       "EMFILE",
	syscall.ENAMETOOLONG: "ENAMETOOLONG",
	syscall.ENFILE:       "ENFILE",
	syscall.ENOENT:       "ENOENT",
	syscall.ENOEXEC:      "ENOEXEC",
	syscall.ENOMEM:       "ENOMEM",
	syscall.ENOSPC:       "ENOSPC",
	syscall.ENOTDIR:      "ENOTDIR",
	syscall.ENOTEMPTY:    "ENOTEMPTY",
	syscall.EOPNOTSUPP:   "EOPNOTSUPP",
	syscall.EPERM:        "EPERM",
	syscall.EROFS:        "EROFS",
	syscall.ETXTBSY:      "ETXTBSY",
	syscall.EXDEV:        "EXDEV",
}
