// The loops of normalize.c for one type of number; see each_element.h.

COMPILED_FOR("avx512bw", "avx2")
static void NAMED(sums)(const ELEMENT *x, size_t channels, const float *shift_of, size_t first, size_t end, double *sums) {
    const size_t rows = rows_at_once(channels);
    REPEATED(shift, shift_of)
#define LOAD(place, column, total, squares)                                                                           \
    {                                                                                                                 \
        const floats distance = LOADED(x + (place)) - FLOATS(shift + (column));                                       \
        total += distance;                                                                                            \
        squares += distance * distance;                                                                               \
    }
#define SINGLE(place, column)                                                                                         \
    {                                                                                                                 \
        const float distance = ONE(x[place]) - shift[column];                                                         \
        sums[(column) % channels] += distance;                                                                        \
        sums[channels + (column) % channels] += distance * distance;                                                  \
    }
    SUM_ROWS(LOAD, SINGLE)
#undef LOAD
#undef SINGLE
}

COMPILED_FOR("avx512bw", "avx2")
static void NAMED(scale)(const erde_normalized_rows *work, ELEMENT *y, size_t first, size_t end) {
    const size_t channels = work->channels, rows = rows_at_once(channels);
    const ELEMENT *x = work->x;
    const int rectifies = work->is_rectified;
    REPEATED(slope, work->slope)
    REPEATED(offset, work->offset)
    const size_t period = rows * channels, stop = end * channels;
    size_t place = first * channels;
#define SINGLE(place, column)                                                                                         \
    {                                                                                                                 \
        const float value = ONE(x[place]) * slope[column] + offset[column];                                           \
        y[place] = STORED_ONE(rectifies && value < 0 ? 0 : value);                                                    \
    }
    for (; place + period <= stop; place += period) {
        size_t column = 0;
        for (; column + LANES <= period; column += LANES) {
            floats value = LOADED(x + place + column) * FLOATS(slope + column) + FLOATS(offset + column);
            if (rectifies) value = KEPT(~(words)(value < ZERO), value);
            STORE(y + place + column, value);
        }
        for (; column < period; column++) SINGLE(place + column, column)
    }
    for (size_t column = 0; place < stop; place++, column++) SINGLE(place, column)
#undef SINGLE
}

COMPILED_FOR("avx512bw", "avx2")
static void NAMED(gradient_sums)(const erde_normalized_rows *work, const float *mean_of, const ELEMENT *dy, size_t first,
                                 size_t end, double *sums) {
    const size_t channels = work->channels, rows = rows_at_once(channels);
    const ELEMENT *x = work->x;
    const int rectifies = work->is_rectified;
    REPEATED(slope, work->slope)
    REPEATED(offset, work->offset)
    REPEATED(mean, mean_of)
#define LOAD(place, column, total, products)                                                                          \
    {                                                                                                                 \
        const floats input = LOADED(x + (place));                                                                     \
        floats gradient = LOADED(dy + (place));                                                                       \
        if (rectifies) gradient = KEPT(input * FLOATS(slope + (column)) + FLOATS(offset + (column)) > ZERO, gradient);\
        total += gradient;                                                                                            \
        products += gradient * (input - FLOATS(mean + (column)));                                                     \
    }
#define SINGLE(place, column)                                                                                         \
    {                                                                                                                 \
        const float input = ONE(x[place]);                                                                            \
        if (!rectifies || input * slope[column] + offset[column] > 0) {                                               \
            const float gradient = ONE(dy[place]);                                                                    \
            sums[(column) % channels] += gradient;                                                                    \
            sums[channels + (column) % channels] += gradient * (input - mean[column]);                                \
        }                                                                                                             \
    }
    SUM_ROWS(LOAD, SINGLE)
#undef LOAD
#undef SINGLE
}

COMPILED_FOR("avx512bw", "avx2")
static void NAMED(gradient)(const erde_normalized_rows *work, const erde_normalized_gradient *factors, const ELEMENT *dy,
                            ELEMENT *dx, size_t first, size_t end) {
    const size_t channels = work->channels, rows = rows_at_once(channels);
    const ELEMENT *x = work->x;
    const ELEMENT *addend = factors->addend;
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
        const float input = ONE(x[place]);                                                                            \
        const int passes = !rectifies || input * slope[column] + offset[column] > 0;                                  \
        const float value = (passes ? ONE(dy[place]) : 0) * of_gradient[column] +                                     \
                            (input * of_input[column] + constant[column]);                                            \
        dx[place] = STORED_ONE(addend ? value + ONE(addend[place]) : value);                                          \
    }
    for (; place + period <= stop; place += period) {
        size_t column = 0;
        for (; column + LANES <= period; column += LANES) {
            const floats input = LOADED(x + place + column);
            floats value = LOADED(dy + place + column);
            if (rectifies) value = KEPT(input * FLOATS(slope + column) + FLOATS(offset + column) > ZERO, value);
            value = value * FLOATS(of_gradient + column) + (input * FLOATS(of_input + column) + FLOATS(constant + column));
            if (addend) value += LOADED(addend + place + column);
            STORE(dx + place + column, value);
        }
        for (; column < period; column++) SINGLE(place + column, column)
    }
    for (size_t column = 0; place < stop; place++, column++) SINGLE(place, column)
#undef SINGLE
}
