package limiter

import "testing"

func TestParseRateTakesAllEventsAtOnce(t *testing.T) {
	got, err := ParseRate("10/s")
	if err != nil || got.Burst != 10 {
		t.Errorf("ParseRate() = %v, %v, want a burst of 10", got, err)
	}
}
