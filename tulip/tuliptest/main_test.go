package tuliptest_test

import (
	"testing"

	"go.uber.org/goleak"
)

// After an answer to a request that was too large, net/http keeps the connection
// for another half second, also when its server was closed.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("net/http.(*conn).closeWriteAndWait"))
}
