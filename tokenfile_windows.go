package usergroups

import (
	"errors"
	"io/fs"
	"syscall"
)

// inUse reports whether another process had the file open at the moment.
func inUse(err error) bool {
	const sharingViolation = syscall.Errno(32)
	return errors.Is(err, sharingViolation) || errors.Is(err, syscall.ERROR_ACCESS_DENIED)
}

// othersMay is never true: rights are not modes here.
func othersMay(fs.FileInfo) bool { return false }
