package tuliptest

import (
	"fmt"
	"time"
)

// Option changes how a [Server] behaves; give it to [NewServer].
type Option func(*config)

// An option stands in the file of its subject. Here are what they change, and
// those that have no other subject.

type config struct {
	instance Instance
	guesses  Guesses
	latency  time.Duration
	logLimit int // requests; 0 is no limit

	addr              string
	apiKey, apiSecret string // empty ones are invented
	scopes            []string
}

func defaultConfig() config {
	return config{
		instance: SampleInstance(),
		addr:     "127.0.0.1:0",
		scopes:   []string{usersRead},
	}
}

// WithLatency delays every answer of the API by d in real time.
// WithLatency panics when d is negative.
func WithLatency(d time.Duration) Option {
	if d < 0 {
		panic(fmt.Sprintf("tuliptest: WithLatency(%v): below zero", d))
	}
	return func(c *config) { c.latency = d }
}
