package store

import (
	"encoding/binary"
	"unsafe"
)

// Lists that are plain have each number as it lies in the memory of a little-endian
// machine. They take more room than packed ones, and no time: they are used where
// they are in the file. Edges are, since unpacking them all took longer than
// answering one question.

// writePlain writes a list that is read as plain.
func writePlain[T ~uint8 | ~uint32](w *fileWriter, list []T) {
	size := int(unsafe.Sizeof(*new(T)))
	out := make([]byte, 0, size*len(list))
	for _, n := range list {
		if size == 1 {
			out = append(out, byte(n))
		} else {
			out = binary.LittleEndian.AppendUint32(out, uint32(n))
		}
	}
	w.bytes(out)
}

// plain is the next list, which is part of the file where the machine can use it
// as it is.
func plain[T ~uint8 | ~uint32](r *fileReader) []T {
	data, size := r.bytes(), int(unsafe.Sizeof(*new(T)))
	if len(data)%size != 0 {
		r.err = errDamaged
		return nil
	}
	first := unsafe.Pointer(unsafe.SliceData(data))
	if littleEndian && uintptr(first)%uintptr(size) == 0 {
		return unsafe.Slice((*T)(first), len(data)/size)
	}
	out := make([]T, len(data)/size)
	for i := range out {
		if size == 1 {
			out[i] = T(data[i])
		} else {
			out[i] = T(binary.LittleEndian.Uint32(data[size*i:]))
		}
	}
	return out
}

// littleEndian reports whether numbers lie in memory as they do in plain lists.
var littleEndian = binary.NativeEndian.Uint16([]byte{1, 0}) == 1
