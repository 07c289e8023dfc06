package transport

import (
	"bytes"
	"sync"
)

// buffers holds the memory that answers are read into. It is taken away by the
// garbage collector when it is not used, and a goroutine that moves to another
// processor does not find what it put there, so one buffer is kept beside it:
// calls that follow each other always meet it.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// largestPooled is the most memory that an idle buffer keeps: one giant answer
// must not pin as much for the life of the program.
const largestPooled = 1 << 20

func (t *Transport) buffer() *bytes.Buffer {
	buf := t.spare.Swap(nil)
	if buf == nil {
		buf = buffers.Get().(*bytes.Buffer)
	}
	buf.Reset()
	return buf
}

func (t *Transport) recycle(buf *bytes.Buffer) {
	if buf.Cap() <= largestPooled && !t.spare.CompareAndSwap(nil, buf) {
		buffers.Put(buf)
	}
}

// heldBody is an answer's body in memory. Close gives its buffer back.
type heldBody struct {
	bytes.Reader
	buf   *bytes.Buffer
	owner *Transport
}

func (b *heldBody) bytes() []byte { return b.buf.Bytes() }

func (b *heldBody) Close() error {
	if b.buf != nil {
		b.owner.recycle(b.buf)
		b.buf = nil
	}
	return nil
}
