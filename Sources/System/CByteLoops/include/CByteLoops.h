// Loops over quantized images, compiled for several processors; the fastest that this one has is taken at run time.
#pragma once

#include <stddef.h>

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
