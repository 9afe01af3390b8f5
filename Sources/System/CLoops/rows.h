#pragma once

#include <stddef.h>
#include <string.h>

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

// The numbers of one row for so many rows, at most WIDEST_PERIOD; in `place` where there are several.
static inline const float *repeated(const float *numbers, size_t channels, size_t rows, float *place) {
    if (rows == 1) return numbers;
    for (size_t row = 0; row < rows; row++) memcpy(place + row * channels, numbers, channels * sizeof *place);
    return place;
}
