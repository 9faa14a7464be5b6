package com.example;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class PriceTest {
    @Test
    void addsUp() {
        assertEquals(3, Price.total(List.of(1, 2), 0));
    }
}
