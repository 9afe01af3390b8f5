#include "CLoops.h"

#include "processors.h"
#include "rows.h"
#include "vectors.h"

// Declares NAME, the numbers of SOURCE for each channel of so many rows.
#define REPEATED(NAME, SOURCE)                                                                                        \
    float NAME##_place[WIDEST_PERIOD];                                                                                \
    const float *NAME = repeated(SOURCE, channels, rows, NAME##_place);

// Rows whose sums are kept in float32 before they are added up in double precision.
static inline size_t block_of(size_t period) { return 16384 / period > 16 ? 16384 / period : 16; }

// Adds up SUM0 and SUM1, made of the vectors and of the single numbers at `place`, by channel. The numbers of whole rows go
// through vectors for 32 columns; columns and rows that are left go one by one.
#define SUM_ROWS(LOAD, SINGLE)                                                                                        \
    const size_t whole = (end - first) / rows, period = rows * channels, block = block_of(period);                    \
    const size_t base = first * channels;                                                                             \
    for (size_t begin = 0; begin < whole; begin += block) {                                                           \
        const size_t stop = begin + block < whole ? begin + block : whole;                                            \
        size_t column = 0;                                                                                            \
        for (; column + 2 * LANES <= period; column += 2 * LANES) {                                                   \
            floats sum0 = ZERO, sum1 = ZERO, sum2 = ZERO, sum3 = ZERO;                                                \
            for (size_t row = begin; row < stop; row++) {                                                             \
                const size_t place = base + row * period + column;                                                    \
                LOAD(place, column, sum0, sum1)                                                                       \
                LOAD(place + LANES, column + LANES, sum2, sum3)                                                       \
            }                                                                                                         \
            for (size_t lane = 0; lane < LANES; lane++) {                                                             \
                const size_t left = (column + lane) % channels, right = (column + LANES + lane) % channels;           \
                sums[left] += sum0[lane];                                                                             \
                sums[channels + left] += sum1[lane];                                                                  \
                sums[right] += sum2[lane];                                                                            \
                sums[channels + right] += sum3[lane];                                                                 \
            }                                                                                                         \
        }                                                                                                             \
        for (; column < period; column++)                                                                             \
            for (size_t row = begin; row < stop; row++) SINGLE(base + row * period + column, column)                  \
    }                                                                                                                 \
    for (size_t row = first + whole * rows; row < end; row++)                                                         \
        for (size_t column = 0; column < channels; column++) SINGLE(row * channels + column, column)

#define LOOPS "normalize_rows.h"
#include "each_element.h"

void erde_sum_rows(const erde_normalized_rows *work, const float *shift, size_t first, size_t end, double *sums) {
    switch (work->element) {
    case ERDE_BFLOAT16: return sums_of_halves(work->x, work->channels, shift, first, end, sums);
    case ERDE_FLOAT32: return sums_of_floats(work->x, work->channels, shift, first, end, sums);
    }
}

void erde_normalize_rows(const erde_normalized_rows *work, void *y, size_t first, size_t end) {
    switch (work->element) {
    case ERDE_BFLOAT16: return scale_of_halves(work, y, first, end);
    case ERDE_FLOAT32: return scale_of_floats(work, y, first, end);
    }
}

void erde_sum_gradient_rows(const erde_normalized_rows *work, const float *mean, const void *dy, size_t first, size_t end,
                            double *sums) {
    switch (work->element) {
    case ERDE_BFLOAT16: return gradient_sums_of_halves(work, mean, dy, first, end, sums);
    case ERDE_FLOAT32: return gradient_sums_of_floats(work, mean, dy, first, end, sums);
    }
}

void erde_normalize_gradient_rows(const erde_normalized_rows *work, const erde_normalized_gradient *factors, const void *dy,
                                  void *dx, size_t first, size_t end) {
    switch (work->element) {
    case ERDE_BFLOAT16: return gradient_of_halves(work, factors, dy, dx, first, end);
    case ERDE_FLOAT32: return gradient_of_floats(work, factors, dy, dx, first, end);
    }
}
