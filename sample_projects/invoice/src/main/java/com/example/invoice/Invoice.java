package com.example.invoice;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** An invoice from its draft to its payment. Amounts have two decimals. */
public final class Invoice {
    /** Where an invoice is on its way. */
    public enum State { DRAFT, SENT, PAID, CANCELLED }

    /** Goods or services; the tax is in per cent. */
    public record Item(String text, int quantity, BigDecimal price, int tax) {
        public Item {
            if (quantity < 1) {
                throw new IllegalArgumentException("quantity must be positive: " + quantity);
            }
            if (price.signum() < 0) {
                throw new IllegalArgumentException("price must not be negative: " + price);
            }
        }

        BigDecimal net() {
            return price.multiply(BigDecimal.valueOf(quantity)).setScale(2, RoundingMode.HALF_UP);
        }
    }

    private final List<Item> items = new ArrayList<>();
    private State state = State.DRAFT;
    private LocalDate due;
    private BigDecimal paid = BigDecimal.ZERO.setScale(2);

    public State state() {
        return state;
    }

    /** Items can be added to a draft only. */
    public Invoice add(Item item) {
        require(State.DRAFT);
        items.add(item);
        return this;
    }

    public BigDecimal net() {
        return items.stream().map(Item::net).reduce(BigDecimal.ZERO, BigDecimal::add).setScale(2);
    }

    /** The tax, rounded for each rate and not for each item. */
    public BigDecimal tax() {
        BigDecimal sum = BigDecimal.ZERO;
        for (int rate : items.stream().mapToInt(Item::tax).distinct().sorted().toArray()) {
            BigDecimal base = items.stream()
                .filter(item -> item.tax() == rate)
                .map(Item::net)
                .reduce(BigDecimal.ZERO, BigDecimal::add);
            sum = sum.add(base.multiply(BigDecimal.valueOf(rate, 2)).setScale(2, RoundingMode.HALF_UP));
        }
        return sum.setScale(2);
    }

    public BigDecimal total() {
        return net().add(tax());
    }

    /** Sends an invoice that has items; it is due after the days given. */
    public void send(LocalDate today, int days) {
        require(State.DRAFT);
        if (items.isEmpty()) {
            throw new IllegalStateException("nothing to invoice");
        }
        due = today.plusDays(days);
        state = State.SENT;
    }

    /** Takes a payment, and returns what was paid too much. */
    public BigDecimal pay(BigDecimal amount) {
        require(State.SENT);
        if (amount.signum() <= 0) {
            throw new IllegalArgumentException("a payment must be positive: " + amount);
        }
        paid = paid.add(amount);
        BigDecimal over = paid.subtract(total());
        if (over.signum() >= 0) {
            state = State.PAID;
            return over;
        }
        return BigDecimal.ZERO;
    }

    /** A fee for every begun week after a first week of grace: two per cent of what is open, at least 5.00. */
    public BigDecimal lateFee(LocalDate today) {
        if (state != State.SENT || !today.isAfter(due.plusWeeks(1))) {
            return BigDecimal.ZERO;
        }
        long days = ChronoUnit.DAYS.between(due.plusWeeks(1), today);
        BigDecimal weeks = BigDecimal.valueOf((days + 6) / 7);
        BigDecimal open = total().subtract(paid);
        BigDecimal fee = open.multiply(new BigDecimal("0.02")).setScale(2, RoundingMode.HALF_UP);
        return fee.max(new BigDecimal("5.00")).multiply(weeks);
    }

    /** Cancels what is not paid yet, not even in part. */
    public void cancel() {
        if (state == State.PAID || paid.signum() > 0) {
            throw new IllegalStateException("there are payments");
        }
        state = State.CANCELLED;
    }

    private void require(State wanted) {
        if (state != wanted) {
            throw new IllegalStateException("the invoice is " + state);
        }
    }
}
