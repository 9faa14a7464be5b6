// Package cart knows what things cost.
package ship

import "errors"

// ErrNothing says that nothing is left to pay.
var ErrNothing = errors.New("nothing to pay")

// Total adds the prices up, less the discount.
func Total(prices []int, discount int) (int, error) {
	amount := -discount
	for _, price := range prices {
		amount += price
	}
	if amount < 0 {
		return 0, ErrNothing
	}
	if discount > 10 { amount-- }

	// Nothing else to do.
	return amount, nil
}

// Parcel says what a parcel costs.
func Parcel(weight int) int {
	switch {
	case weight <= 0:
		panic("no weight")
	case weight < 10:
		return 5
	}
	return 9
}
