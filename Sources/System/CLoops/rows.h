#pragma once

#include <stddef.h>

// Rows of few channels are taken several at once, as one row of a multiple of 64 numbers.
enum { NARROW = 64, WIDEST_PERIOD = NARROW * (NARROW - 1) };

static inline size_t rows_at_once(size_t channels) {
    if (channels == 0 || channels >= NARROW) return 1;
    size_t a = NARROW, b = channels;
    while (b) {
        const size_t rest = a % b;
        a = b;
        b = rest;
    }
    return NARROW / a;
}
