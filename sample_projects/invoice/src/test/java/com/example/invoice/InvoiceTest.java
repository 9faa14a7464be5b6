package com.example.invoice;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

class InvoiceTest {
    private final Invoice invoice = new Invoice();

    @Test
    void addsUpItsItems() {
        invoice.add(new Invoice.Item("tea", 3, new BigDecimal("4.50"), 7));
        assertEquals(new BigDecimal("13.50"), invoice.net());
    }
}
