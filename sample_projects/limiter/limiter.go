// Package limiter says whether somebody may do something once more.
package limiter

import (
	"errors"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"
)

// ErrRate is what ParseRate wraps.
var ErrRate = errors.New("not a rate")

// Rate is a number of events in a period, with so many at once.
type Rate struct {
	Events int
	Per    time.Duration
	Burst  int
}

var periods = map[string]time.Duration{
	"s": time.Second, "m": time.Minute, "h": time.Hour,
}

// ParseRate reads "10/s", "100/m" or "5/h burst 20". Without a burst all events may come at once.
func ParseRate(text string) (Rate, error) {
	fields := strings.Fields(text)
	if len(fields) != 1 && (len(fields) != 3 || fields[1] != "burst") {
		return Rate{}, fmt.Errorf("%w: %q", ErrRate, text)
	}
	count, unit, found := strings.Cut(fields[0], "/")
	events, err := strconv.Atoi(count)
	per, known := periods[unit]
	if !found || err != nil || !known || events < 1 {
		return Rate{}, fmt.Errorf("%w: %q", ErrRate, text)
	}
	rate := Rate{Events: events, Per: per, Burst: events}
	if len(fields) == 3 {
		rate.Burst, err = strconv.Atoi(fields[2])
		if err != nil || rate.Burst < 1 {
			return Rate{}, fmt.Errorf("%w: burst %q", ErrRate, fields[2])
		}
	}
	return rate, nil
}

type bucket struct {
	tokens  float64
	updated time.Time
}

// Limiter keeps a bucket of tokens for every key. It is for one goroutine.
type Limiter struct {
	rate    Rate
	now     func() time.Time
	buckets map[string]*bucket
}

// New makes a limiter that asks now for the time; nil stands for time.Now.
func New(rate Rate, now func() time.Time) *Limiter {
	if now == nil {
		now = time.Now
	}
	return &Limiter{rate: rate, now: now, buckets: map[string]*bucket{}}
}

// Allow says whether n events may happen for a key, and takes their tokens if so.
func (l *Limiter) Allow(key string, n int) bool {
	if n <= 0 {
		return true
	}
	b := l.refilled(key)
	if float64(n) > b.tokens {
		return false
	}
	b.tokens -= float64(n)
	return true
}

// Wait is how long it takes until n events may happen; false if they never may at once.
func (l *Limiter) Wait(key string, n int) (time.Duration, bool) {
	if n > l.rate.Burst {
		return 0, false
	}
	lacking := float64(n) - l.refilled(key).tokens
	if lacking <= 0 {
		return 0, true
	}
	return time.Duration(lacking * float64(l.rate.Per) / float64(l.rate.Events)), true
}

func (l *Limiter) refilled(key string) *bucket {
	now := l.now()
	b, there := l.buckets[key]
	if !there {
		b = &bucket{tokens: float64(l.rate.Burst), updated: now}
		l.buckets[key] = b
		return b
	}
	if passed := now.Sub(b.updated); passed > 0 {
		b.tokens += passed.Seconds() * float64(l.rate.Events) / l.rate.Per.Seconds()
		b.updated = now
	}
	if most := float64(l.rate.Burst); b.tokens > most {
		b.tokens = most
	}
	return b
}

// Forget drops the keys that were not asked about for so long, and returns them in order.
func (l *Limiter) Forget(idle time.Duration) []string {
	var gone []string
	for key, b := range l.buckets {
		if l.now().Sub(b.updated) >= idle {
			gone = append(gone, key)
			delete(l.buckets, key)
		}
	}
	sort.Strings(gone)
	return gone
}
