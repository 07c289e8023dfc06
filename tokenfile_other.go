//go:build !windows

package usergroups

import "io/fs"

// inUse is never true: files are replaced and read whoever has them open.
func inUse(error) bool { return false }

// othersMay reports whether a file has more rights than it needs.
func othersMay(info fs.FileInfo) bool { return info.Mode().Perm()&^0o600 != 0 }
