package cart

import "testing"

func TestTotal(t *testing.T) {
	if got, _ := Total([]int{1, 2}, 0); got != 3 {
		t.Errorf("got %d", got)
	}
}
