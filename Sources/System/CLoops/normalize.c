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

COMPILED_FOR("avx512bw", "avx2")
static void sums_of(const uint16_t *x, size_t channels, const float *shift_of, size_t first, size_t end, double *sums) {
    const size_t rows = rows_at_once(channels);
    REPEATED(shift, shift_of)
#define LOAD(place, column, total, squares)                                                                           \
    {                                                                                                                 \
        const floats distance = WIDENED(x + (place)) - FLOATS(shift + (column));                                      \
        total += distance;                                                                                            \
        squares += distance * distance;                                                                               \
    }
#define SINGLE(place, column)                                                                                         \
    {                                                                                                                 \
        const float distance = widened(x[place]) - shift[column];                                                     \
        sums[(column) % channels] += distance;                                                                        \
        sums[channels + (column) % channels] += distance * distance;                                                  \
    }
    SUM_ROWS(LOAD, SINGLE)
#undef LOAD
#undef SINGLE
}

COMPILED_FOR("avx512bw", "avx2")
static void scale(const erde_normalized_rows *work, uint16_t *y, size_t first, size_t end) {
    const size_t channels = work->channels, rows = rows_at_once(channels);
    const uint16_t *x = work->x;
    const int rectifies = work->is_rectified;
    REPEATED(slope, work->slope)
    REPEATED(offset, work->offset)
    const size_t period = rows * channels, stop = end * channels;
    size_t place = first * channels;
#define SINGLE(place, column)                                                                                         \
    {                                                                                                                 \
        const float value = widened(x[place]) * slope[column] + offset[column];                                       \
        y[place] = narrowed(rectifies && value < 0 ? 0 : value);                                                      \
    }
    for (; place + period <= stop; place += period) {
        size_t column = 0;
        for (; column + LANES <= period; column += LANES) {
            floats value = WIDENED(x + place + column) * FLOATS(slope + column) + FLOATS(offset + column);
            if (rectifies) value = KEPT(~(words)(value < ZERO), value);
            *(halves_anywhere *)(y + place + column) = NARROWED(value);
        }
        for (; column < period; column++) SINGLE(place + column, column)
    }
    for (size_t column = 0; place < stop; place++, column++) SINGLE(place, column)
#undef SINGLE
}

COMPILED_FOR("avx512bw", "avx2")
static void gradient_sums(const erde_normalized_rows *work, const uint16_t *dy, const float *mean_of, size_t first, size_t end,
                          double *sums) {
    const size_t channels = work->channels, rows = rows_at_once(channels);
    const uint16_t *x = work->x;
    const int rectifies = work->is_rectified;
    REPEATED(slope, work->slope)
    REPEATED(offset, work->offset)
    REPEATED(mean, mean_of)
#define LOAD(place, column, total, products)                                                                          \
    {                                                                                                                 \
        const floats input = WIDENED(x + (place));                                                                    \
        floats gradient = WIDENED(dy + (place));                                                                      \
        if (rectifies) gradient = KEPT(input * FLOATS(slope + (column)) + FLOATS(offset + (column)) > ZERO, gradient);  \
        total += gradient;                                                                                            \
        products += gradient * (input - FLOATS(mean + (column)));                                                     \
    }
#define SINGLE(place, column)                                                                                         \
    {                                                                                                                 \
        const float input = widened(x[place]);                                                                        \
        if (!rectifies || input * slope[column] + offset[column] > 0) {                                               \
            const float gradient = widened(dy[place]);                                                                \
            sums[(column) % channels] += gradient;                                                                    \
            sums[channels + (column) % channels] += gradient * (input - mean[column]);                                \
        }                                                                                                             \
    }
    SUM_ROWS(LOAD, SINGLE)
#undef LOAD
#undef SINGLE
}

COMPILED_FOR("avx512bw", "avx2")
static void gradient(const erde_normalized_rows *work, const uint16_t *dy, const erde_normalized_gradient *factors, uint16_t *dx,
                     size_t first, size_t end) {
    const size_t channels = work->channels, rows = rows_at_once(channels);
    const uint16_t *x = work->x;
    const uint16_t *addend = factors->addend;
    const int rectifies = work->is_rectified;
    REPEATED(slope, work->slope)
    REPEATED(offset, work->offset)
    REPEATED(of_gradient, factors->of_gradient)
    REPEATED(of_input, factors->of_input)
    REPEATED(constant, factors->constant)
    const size_t period = rows * channels, stop = end * channels;
    size_t place = first * channels;
#define SINGLE(place, column)                                                                                         \
    {                                                                                                                 \
        const float input = widened(x[place]);                                                                        \
        const int passes = !rectifies || input * slope[column] + offset[column] > 0;                                  \
        const float value = (passes ? widened(dy[place]) : 0) * of_gradient[column] +                                 \
                            (input * of_input[column] + constant[column]);                                            \
        dx[place] = narrowed(addend ? value + widened(addend[place]) : value);                                        \
    }
    for (; place + period <= stop; place += period) {
        size_t column = 0;
        for (; column + LANES <= period; column += LANES) {
            const floats input = WIDENED(x + place + column);
            floats value = WIDENED(dy + place + column);
            if (rectifies) value = KEPT(input * FLOATS(slope + column) + FLOATS(offset + column) > ZERO, value);
            value = value * FLOATS(of_gradient + column) + (input * FLOATS(of_input + column) + FLOATS(constant + column));
            if (addend) value += WIDENED(addend + place + column);
            *(halves_anywhere *)(dx + place + column) = NARROWED(value);
        }
        for (; column < period; column++) SINGLE(place + column, column)
    }
    for (size_t column = 0; place < stop; place++, column++) SINGLE(place, column)
#undef SINGLE
}

void erde_sum_rows(const uint16_t *x, size_t channels, const float *shift, size_t first, size_t end, double *sums) {
    sums_of(x, channels, shift, first, end, sums);
}

void erde_normalize_rows(const erde_normalized_rows *work, uint16_t *y, size_t first, size_t end) {
    scale(work, y, first, end);
}

void erde_sum_gradient_rows(const erde_normalized_rows *work, const uint16_t *dy, const float *mean, size_t first, size_t end,
                            double *sums) {
    gradient_sums(work, dy, mean, first, end, sums);
}

void erde_normalize_gradient_rows(const erde_normalized_rows *work, const uint16_t *dy, const erde_normalized_gradient *factors,
                                  uint16_t *dx, size_t first, size_t end) {
    gradient(work, dy, factors, dx, first, end);
}
