// Loops that oneDNN lacks, compiled for several processors; the fastest that this one has is taken at run time.
#pragma once

#include <stddef.h>
#include <stdint.h>

// Rows of bytes become rows of other bytes: nearest(source * slope[c] + offset[c]), ties to even, kept within bounds.
typedef struct {
    const void *source;
    int source_is_signed;
    size_t source_stride;  // bytes from row to row
    void *target;
    int target_is_signed;
    size_t target_stride;
    size_t channels;  // bytes of a row that are done
    const float *slope, *offset;  // one for each channel
    float lower, upper;  // bounds within the target's type
} erde_requantization;

// Does the rows first..<end.
void erde_requantize(const erde_requantization *work, size_t first, size_t end);

// Element i is kept when the upper word of splitmix64(key + i * step) is no less than the threshold.
typedef struct {
    uint64_t key, step, threshold;
    float scale;  // of the elements that are kept
} erde_dropout_mask;

// y = scale * x where an element is kept, else 0, for the elements first..<end.
void erde_dropout(const erde_dropout_mask *mask, const float *x, float *y, size_t first, size_t end);
