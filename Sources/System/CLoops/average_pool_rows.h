// The loops of average_pool.c for one type of number; see each_element.h.
//
// A place's last vector reaches into the next places, which are written afterwards, except in the last places of a row, whose last
// channels go one by one.

static inline __attribute__((always_inline)) void NAMED(pool_row)(
    erde_average_pool work, size_t kernel_height, size_t kernel_width, const ELEMENT *x, ELEMENT *y) {
    const size_t channels = work.channels, row_size = work.width * channels, reach = (LANES - 1) / channels + 1;
    const float share = 1 / (float)(kernel_height * kernel_width);
    for (size_t column = 0; column < work.result_width; column++) {
        const ELEMENT *corner = x + column * work.stride_width * channels;
        ELEMENT *target = y + column * channels;
        const size_t reaching = column + reach < work.result_width ? channels : channels / LANES * LANES;
        size_t channel = 0;
        for (; channel < reaching; channel += LANES) {
            floats sum = ZERO;
            for (size_t down = 0; down < kernel_height; down++)
                for (size_t right = 0; right < kernel_width; right++)
                    sum += LOADED(corner + down * row_size + right * channels + channel);
            STORE(target + channel, sum * share);
        }
        for (; channel < channels; channel++) {
            float sum = 0;
            for (size_t down = 0; down < kernel_height; down++)
                for (size_t right = 0; right < kernel_width; right++)
                    sum += ONE(corner[down * row_size + right * channels + channel]);
            target[channel] = STORED_ONE(sum * share);
        }
    }
}

COMPILED_FOR("avx512bw", "avx2")
static void NAMED(pool)(const erde_average_pool *shape, const ELEMENT *x, ELEMENT *y, size_t first, size_t end) {
    const erde_average_pool work = *shape;
    const size_t row_size = work.width * work.channels;
    for (size_t row = first; row < end; row++) {
        const size_t image = row / work.result_height, top = row % work.result_height * work.stride_height;
        const ELEMENT *source = x + (image * work.height + top) * row_size;
        ELEMENT *target = y + row * work.result_width * work.channels;
        if (work.kernel_height == 2 && work.kernel_width == 2)
            NAMED(pool_row)(work, 2, 2, source, target);
        else
            NAMED(pool_row)(work, work.kernel_height, work.kernel_width, source, target);
    }
}
