package com.example;

import java.util.List;

/** What things cost. */
public final class Price {
    private Price() {
    }

    /** The prices added up, less the discount. */
    public static int total(List<Integer> prices, int discount) {
        int amount = prices.stream().mapToInt(price -> price).sum() - discount;
        if (amount < 0) {
            throw new IllegalArgumentException("nothing to pay");
        }
        return discount > 20 ? amount - 1 : amount;
    }

    /** What a parcel costs. */
    static final class Parcel {
        int cost(int weight) {
            return weight < 10 ? 5 : 9;
        }
    }
}
