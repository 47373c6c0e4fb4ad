package main

import (
	"strings"
	"sync"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// logRelay stands between the bridge's log and the engine's. The bridge logs each error and then answers the call
// with it, so people would read it twice: errors are held until the call about the same resource ends, and dropped
// if its answer says the same.
type logRelay struct {
	mutex  sync.Mutex
	active map[string]int
	held   map[string][]*pulumirpc.LogRequest
}

func newLogRelay() *logRelay {
	return &logRelay{active: map[string]int{}, held: map[string][]*pulumirpc.LogRequest{}}
}

// begin notes that a call about the resource runs; calls about none have the empty URN.
func (r *logRelay) begin(urn string) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.active[urn]++
}

// hold keeps an error back while a call about its resource runs, and answers whether it did.
func (r *logRelay) hold(entry *pulumirpc.LogRequest) bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if entry.Severity != pulumirpc.LogSeverity_ERROR || r.active[entry.Urn] == 0 {
		return false
	}
	r.held[entry.Urn] = append(r.held[entry.Urn], entry)
	return true
}

// end answers the errors held for the resource that the outcome of its call does not say.
func (r *logRelay) end(urn string, outcome error) []*pulumirpc.LogRequest {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.active[urn]--; r.active[urn] <= 0 {
		delete(r.active, urn)
	}
	var unsaid []*pulumirpc.LogRequest
	for _, entry := range r.held[urn] {
		text := strings.Trim(strings.TrimPrefix(entry.Message, "[ERROR] "), ": \n")
		if outcome == nil || !strings.Contains(outcome.Error(), text) {
			unsaid = append(unsaid, entry)
		}
	}
	delete(r.held, urn)
	return unsaid
}
