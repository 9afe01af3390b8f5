#include "CLoops.h"

#include <string.h>

#include "processors.h"
#include "rows.h"

typedef float floats __attribute__((vector_size(64)));
typedef uint32_t words __attribute__((vector_size(64)));
typedef uint16_t halves __attribute__((vector_size(32)));
// The same at any address.
typedef floats floats_anywhere __attribute__((aligned(4), may_alias));
typedef halves halves_anywhere __attribute__((aligned(2), may_alias));

enum { LANES = 16 };

#define FLOATS(pointer) (*(const floats_anywhere *)(pointer))
#define ZERO ((floats){0})
// 16 numbers in bfloat16, the upper halves of float32.
#define WIDENED(pointer) ((floats)(__builtin_convertvector(*(const halves_anywhere *)(pointer), words) << 16))
// To the nearest, ties to even; what is not a number stays so.
#define NARROWED(value)                                                                                               \
    __extension__({                                                                                                   \
        const floats number = (value);                                                                                \
        const words bits = (words)number, odd = (bits >> 16) & 1, invalid = (words)(number != number);                \
        const words nearest = (bits + 0x7FFF + odd) >> 16;                                                            \
        __builtin_convertvector((invalid & 0x7FC0) | (~invalid & nearest), halves);                                   \
    })
// Where a mask is set, else zero.
#define KEPT(mask, value) ((floats)((words)(mask) & (words)(value)))

static inline float widened(uint16_t half) {
    const uint32_t bits = (uint32_t)half << 16;
    float number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

static inline uint16_t narrowed(float number) {
    uint32_t bits;
    memcpy(&bits, &number, sizeof bits);
    return number != number ? 0x7FC0 : (uint16_t)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
}

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

// The loops for each type of number.
#define ELEMENT uint16_t
#define NAMED(loop) loop##_of_halves
#define LOADED WIDENED
#define STORE(pointer, value) (*(halves_anywhere *)(pointer) = NARROWED(value))
#define ONE widened
#define STORED_ONE narrowed
#include "normalize_rows.h"
#undef ELEMENT
#undef NAMED
#undef LOADED
#undef STORE
#undef ONE
#undef STORED_ONE

#define ELEMENT float
#define NAMED(loop) loop##_of_floats
#define LOADED FLOATS
#define STORE(pointer, value) (*(floats_anywhere *)(pointer) = (value))
#define ONE(number) (number)
#define STORED_ONE(number) (number)
#include "normalize_rows.h"

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
