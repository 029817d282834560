//go:build unix

package store

import (
	"fmt"
	"os"
	"syscall"
)

// mapFile returns the bytes of a file without reading them. They stay there, and
// stay as they are, until the process ends: the file is replaced, never written.
func mapFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() == 0 || info.Size() != int64(int(info.Size())) {
		return nil, fmt.Errorf("%w: it has %d bytes", errDamaged, info.Size())
	}
	return syscall.Mmap(int(f.Fd()), 0, int(info.Size()), syscall.PROT_READ, syscall.MAP_SHARED)
}
