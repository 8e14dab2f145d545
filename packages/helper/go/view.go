package main

import (
	"os"
	"strings"
	"syscall"
)

// view is where the absolute paths of requests lie: in our own container, or below the root of another one.
type view struct {
	// base is the root of the other container as a path of ours; "" is our own.
	base string
}

// So many links are followed on the way to one path, as the system does it.
const linkLimit = 40

// at is where a path lies, with the links in its parent folders followed. What it names itself may be a link.
func (v view) at(path string) (string, error) {
	if v.base == "" || path == "/" {
		return v.folder(path)
	}
	cut := strings.LastIndexByte(path, '/')
	parent, err := v.folder(path[:cut])
	return parent + path[cut:], err
}

// folder is where a path lies with all links followed. The system itself would look for the target of an absolute link
// below our own root.
func (v view) folder(path string) (string, error) {
	if v.base == "" {
		return path, nil
	}
	done, left, links := "", strings.Split(path, "/"), 0
	for len(left) > 0 {
		name := left[0]
		left = left[1:]
		switch name {
		case "", ".":
			continue
		case "..":
			done = done[:max(0, strings.LastIndexByte(done, '/'))]
			continue
		}
		goal, err := os.Readlink(v.base + done + "/" + name)
		if err != nil {
			done += "/" + name
			continue
		}
		if links++; links > linkLimit {
			return "", failed(path, syscall.ELOOP)
		}
		if strings.HasPrefix(goal, "/") {
			done = ""
		}
		left = append(strings.Split(goal, "/"), left...)
	}
	return v.base + done, nil
}

// told is a path as the one who asks knows it.
func (v view) told(path string) string {
	if rest, below := strings.CutPrefix(path, v.base); v.base != "" && below {
		return "/" + strings.TrimPrefix(rest, "/")
	}
	return path
}
