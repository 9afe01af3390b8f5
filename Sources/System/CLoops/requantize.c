#include "CLoops.h"

#include <stdint.h>

#include "processors.h"
#include "rows.h"

// Adding and taking away 1.5 * 2^23 rounds a small float to the nearest integer, ties to even.
#define ROUNDING 12582912.0f

#define DEFINE(NAME, SOURCE, TARGET)                                                                                  \
    COMPILED_FOR("avx512bw", "avx2")                                                                                  \
    static void NAME(const erde_requantization *work, size_t first, size_t end) {                                     \
        const size_t channels = work->channels;                                                                       \
        const float *restrict slope = work->slope, *restrict offset = work->offset;                                   \
        const float lower = work->lower, upper = work->upper;                                                         \
        for (size_t row = first; row < end; row++) {                                                                  \
            const SOURCE *restrict source = (const SOURCE *)work->source + row * work->source_stride;                 \
            TARGET *restrict target = (TARGET *)work->target + row * work->target_stride;                             \
            for (size_t channel = 0; channel < channels; channel++) {                                                 \
                float value = (float)source[channel] * slope[channel] + offset[channel];                              \
                value = value > lower ? value : lower;                                                                \
                value = value < upper ? value : upper;                                                                \
                target[channel] = (TARGET)(int32_t)((value + ROUNDING) - ROUNDING);                                   \
            }                                                                                                         \
        }                                                                                                             \
    }

DEFINE(signed_to_signed, int8_t, int8_t)
DEFINE(signed_to_unsigned, int8_t, uint8_t)
DEFINE(unsigned_to_signed, uint8_t, int8_t)
DEFINE(unsigned_to_unsigned, uint8_t, uint8_t)

static void requantize(const erde_requantization *work, size_t first, size_t end) {
    if (work->source_is_signed) {
        if (work->target_is_signed) signed_to_signed(work, first, end);
        else signed_to_unsigned(work, first, end);
    } else {
        if (work->target_is_signed) unsigned_to_signed(work, first, end);
        else unsigned_to_unsigned(work, first, end);
    }
}

void erde_requantize(const erde_requantization *work, size_t first, size_t end) {
    const size_t channels = work->channels, rows = rows_at_once(channels);
    if (rows == 1 || work->source_stride != channels || work->target_stride != channels) {
        requantize(work, first, end);
        return;
    }
    float slope[WIDEST_PERIOD], offset[WIDEST_PERIOD];
    erde_requantization wide = *work;
    wide.source = (const char *)work->source + first * channels;
    wide.target = (char *)work->target + first * channels;
    wide.source_stride = wide.target_stride = wide.channels = rows * channels;
    wide.slope = repeated(work->slope, channels, rows, slope);
    wide.offset = repeated(work->offset, channels, rows, offset);
    const size_t whole = (end - first) / rows;
    requantize(&wide, 0, whole);
    requantize(work, first + whole * rows, end);
}
