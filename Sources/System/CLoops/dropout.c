#include "CLoops.h"

#include "processors.h"

// SplitMix64 (Steele, Lea and Flood, 2014): the mask must be that of the package's own splitMix64.
static inline uint64_t mixed(uint64_t word) {
    word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9u;
    word = (word ^ (word >> 27)) * 0x94D049BB133111EBu;
    return word ^ (word >> 31);
}

COMPILED_FOR("avx512dq", "avx2")
static void drop(const erde_dropout_mask *mask, const float *x, float *y, size_t first, size_t end) {
    const uint64_t key = mask->key, step = mask->step, threshold = mask->threshold;
    const float scale = mask->scale;
    for (size_t index = first; index < end; index++) {
        const float kept = x[index] * scale;
        y[index] = mixed(key + index * step) >> 32 >= threshold ? kept : 0;
    }
}

void erde_dropout(const erde_dropout_mask *mask, const float *x, float *y, size_t first, size_t end) {
    drop(mask, x, y, first, end);
}
