package main

import (
	"archive/tar"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// unpack makes the files, folders and links of a tar stream below a root. What stands where they belong is replaced.
// Links in parent folders are followed. What is new belongs to who owned what it replaces, else to the owner of its folder,
// as far as who runs this may give it away.
func unpack(r *request, files view) error {
	root, err := r.text()
	if err != nil {
		return failed("", unexpected(err))
	}
	if !filepath.IsAbs(root) {
		return refused(root, "not an absolute path")
	}
	u := &unpacker{
		files: files, root: filepath.Clean(root), folders: map[string]bool{}, buffer: make([]byte, 128<<10),
		prefix: ".tiltts-" + strconv.FormatInt(time.Now().UnixNano()^int64(os.Getpid()), 36) + "-",
	}
	archive := tar.NewReader(r.body)
	for {
		header, err := archive.Next()
		if err == io.EOF {
			_, err = io.Copy(io.Discard, r.body)
			return failed("", err)
		}
		if err != nil {
			return failed("", badArchive(err))
		}
		if r.isCanceled() {
			return errCanceled
		}
		path := filepath.Join(u.root, filepath.Clean("/"+header.Name))
		if err := u.entry(path, header, archive); err != nil {
			return failed(path, err)
		}
	}
}

func badArchive(err error) error {
	if errors.Is(err, errCanceled) {
		return err
	}
	return refused("", "the tar stream is broken: "+err.Error())
}

type unpacker struct {
	files view
	root  string
	// Folders that are known to be there.
	folders map[string]bool
	buffer  []byte
	// Names of unfinished files begin with this.
	prefix string
	count  int
}

func (u *unpacker) entry(path string, header *tar.Header, body io.Reader) error {
	if path == u.root {
		// Its mode is not for us to change.
		place, err := u.files.folder(path)
		if err != nil {
			return err
		}
		return u.folder(place)
	}
	path, err := u.files.at(path)
	if err != nil {
		return err
	}
	if err := u.folder(filepath.Dir(path)); err != nil {
		return err
	}
	switch header.Typeflag {
	case tar.TypeReg:
		return u.file(path, header, body)
	case tar.TypeDir:
		return u.folderEntry(path, header)
	case tar.TypeSymlink:
		return u.link(path, header)
	}
	return refused(path, "not a file, a folder or a symbolic link")
}

// folder sees to it that there is a folder, or a link to one, and replaces what else is in its place.
func (u *unpacker) folder(path string) error {
	if u.folders[path] || path == "/" {
		return nil
	}
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		u.folders[path] = true
		return nil
	}
	if err != nil && !is(err, syscall.ENOENT, syscall.ENOTDIR) {
		return failed(path, err)
	}
	if err := u.folder(filepath.Dir(path)); err != nil {
		return err
	}
	if err := u.clear(path); err != nil {
		return err
	}
	if err := os.Mkdir(path, 0o755); err != nil {
		return failed(path, err)
	}
	if err := handDown(path); err != nil {
		return failed(path, err)
	}
	u.folders[path] = true
	return nil
}

// clear removes what stands at a path, if anything.
func (u *unpacker) clear(path string) error {
	if _, err := os.Lstat(path); err != nil {
		return nil
	}
	clear(u.folders)
	return failedBelow(path, os.RemoveAll(path))
}

func (u *unpacker) folderEntry(path string, header *tar.Header) error {
	mode := header.FileInfo().Mode()
	info, err := os.Lstat(path)
	if err == nil && info.IsDir() {
		if info.Mode() == mode {
			return nil
		}
		return notOurs(os.Chmod(path, mode))
	}
	if err := u.clear(path); err != nil {
		return err
	}
	if err := os.Mkdir(path, mode.Perm()); err != nil {
		return err
	}
	if err := handDown(path); err != nil {
		return err
	}
	// The umask took part in what Mkdir made.
	return os.Chmod(path, mode)
}

func (u *unpacker) link(path string, header *tar.Header) error {
	if target, err := os.Readlink(path); err == nil && target == header.Linkname {
		return nil
	}
	unfinished := u.unfinished(path)
	if err := os.Symlink(header.Linkname, unfinished); err != nil {
		return err
	}
	err := handOver(unfinished, path)
	if err == nil {
		err = u.replace(unfinished, path)
	}
	if err != nil {
		_ = os.Remove(unfinished)
	}
	return err
}

// handOver gives what was just made to the owner of what stands at a path, else of the folder that it goes into.
func handOver(made, path string) error {
	var owner, present syscall.Stat_t
	if syscall.Lstat(path, &owner) != nil && syscall.Stat(filepath.Dir(path), &owner) != nil {
		return nil
	}
	if syscall.Lstat(made, &present) != nil || (owner.Uid == present.Uid && owner.Gid == present.Gid) {
		return nil
	}
	err := syscall.Lchown(made, int(owner.Uid), int(owner.Gid))
	if is(err, syscall.EPERM, syscall.EINVAL, syscall.EROFS, syscall.ENOSYS) {
		return nil
	}
	return err
}

// handDown gives a folder that was just made to the owner of the one that it is in.
func handDown(path string) error {
	return handOver(path, filepath.Dir(path))
}

// file writes beside the target and renames, so that nobody reads half a file. Where the folder takes no new file, or
// the target is a mount of its own, its content is written in place.
func (u *unpacker) file(path string, header *tar.Header, body io.Reader) error {
	unfinished := u.unfinished(path)
	file, err := os.OpenFile(unfinished, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if is(err, syscall.EACCES, syscall.EPERM, syscall.EROFS) {
		return u.inPlace(path, header, body, err)
	}
	if err != nil {
		return err
	}
	defer file.Close()
	err = u.fill(file, body)
	if err == nil {
		err = handOver(unfinished, path)
	}
	if err == nil {
		err = file.Chmod(header.FileInfo().Mode())
	}
	if err == nil {
		err = os.Chtimes(unfinished, time.Time{}, header.ModTime)
	}
	if err == nil {
		err = u.replace(unfinished, path)
		if err == nil {
			return nil
		}
	}
	if is(err, syscall.EBUSY) {
		if _, err = file.Seek(0, io.SeekStart); err == nil {
			err = u.inPlace(path, header, file, syscall.EBUSY)
		}
	}
	_ = os.Remove(unfinished)
	return err
}

// inPlace writes over the content of a file that is there. `reason` says why it cannot be replaced.
func (u *unpacker) inPlace(path string, header *tar.Header, body io.Reader, reason error) error {
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() {
		return reason
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_TRUNC|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := u.fill(file, body); err != nil {
		return err
	}
	if mode := header.FileInfo().Mode(); mode != info.Mode() {
		if err := notOurs(file.Chmod(mode)); err != nil {
			return err
		}
	}
	return notOurs(os.Chtimes(path, time.Time{}, header.ModTime))
}

func (u *unpacker) fill(file *os.File, body io.Reader) error {
	// Hides the methods by which io.CopyBuffer would take a buffer for each file.
	_, err := io.CopyBuffer(struct{ io.Writer }{file}, struct{ io.Reader }{body}, u.buffer)
	if _, ours := err.(*fs.PathError); err == nil || ours {
		return err
	}
	return badArchive(err)
}

// replace puts what was made beside a path in its place.
func (u *unpacker) replace(unfinished, path string) error {
	err := syscall.Rename(unfinished, path)
	if err != syscall.EISDIR {
		if err == nil {
			delete(u.folders, path)
			return nil
		}
		return err
	}
	if err := u.clear(path); err != nil {
		return err
	}
	return syscall.Rename(unfinished, path)
}

func (u *unpacker) unfinished(path string) string {
	u.count++
	return filepath.Join(filepath.Dir(path), u.prefix+strconv.Itoa(u.count))
}
