#include "CLoops.h"

#include <string.h>

#if defined(__x86_64__) && defined(__clang__)

#include <immintrin.h>

#define FOR_TILES __attribute__((target("amx-tile,amx-bf16,avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")))

// A tile is 16 rows of 64 bytes: 16x16 sums in float32, 16 rows of 32 numbers in bfloat16, or 16 rows of 16 pairs of them, where
// a pair is what follows each other along the axis that is summed over.
enum { SIDE = 16, DEPTH = 32, TILE_BYTES = 1024, TAPS = 3 };

typedef struct {
    uint8_t palette, start_row, reserved[14];
    uint16_t bytes_per_row[16];
    uint8_t rows[16];
} tile_configuration;

FOR_TILES static void configure(void) {
    tile_configuration configuration;
    memset(&configuration, 0, sizeof configuration);
    configuration.palette = 1;
    for (int tile = 0; tile < 8; tile++) {
        configuration.rows[tile] = 16;
        configuration.bytes_per_row[tile] = 64;
    }
    _tile_loadconfig(&configuration);
}

static size_t rounded_up(size_t count, size_t step) { return (count + step - 1) / step * step; }

// Images with a border of one zero: `width` places in a row, one behind the other. The three neighbours of a place in one row are
// then 3 * channels numbers in a row, and those of the row below lie `width` places further on. Places between the end of one row
// and the beginning of the next are computed with the others and thrown away.
typedef struct {
    size_t width;   // of a row with its border
    size_t places;  // from the first place to the last that is kept
    size_t size;    // numbers of an image with its border
} bordered;

static bordered bordered_of(size_t height, size_t width, size_t channels) {
    const bordered found = {width + 2, height * (width + 2), (height + 2) * (width + 2) * channels};
    return found;
}

// What may be read beyond an image: whole tiles of places, their neighbours below, and a tile's depth.
static size_t slack_of(size_t channels) { return (DEPTH + TAPS) * channels + 2 * DEPTH; }

// Copies an image into the border, which stays zero.
static void copy_into_border(const uint16_t *image, size_t height, size_t width, size_t channels, uint16_t *target) {
    for (size_t row = 0; row < height; row++)
        memcpy(target + ((row + 1) * (width + 2) + 1) * channels, image + row * width * channels,
               width * channels * sizeof *image);
}

// Images that are summed over together, so that the sums stay in tiles for a while.
static size_t group_of(size_t depth) { return depth >= 512 ? 1 : 512 / depth; }

typedef struct {
    bordered image;
    size_t group;    // images at once
    size_t depth;    // places of an image, rounded up to whole tiles
    size_t distance; // numbers from one image with its border to the next
    size_t rows;     // tiles of outputs
    size_t columns;  // tiles of 3 * channels
    // Bytes before each part of the space.
    size_t sums, pairs, gradients, source, end;
} gradient_plan;

static gradient_plan plan_of(const erde_tiled_weight_gradient *work) {
    gradient_plan plan;
    plan.image = bordered_of(work->height, work->width, work->channels);
    plan.depth = rounded_up(plan.image.places, DEPTH);
    plan.group = group_of(plan.depth);
    plan.distance = plan.image.size + slack_of(work->channels);
    plan.rows = rounded_up(work->outputs, SIDE) / SIDE;
    plan.columns = rounded_up(TAPS * work->channels, SIDE) / SIDE;
    plan.sums = 0;
    plan.pairs = plan.sums + plan.rows * TAPS * plan.columns * TILE_BYTES;
    plan.gradients = plan.pairs + rounded_up(plan.group * plan.distance * 2 * sizeof(uint16_t), 64);
    plan.source = plan.gradients + plan.rows * SIDE * plan.group * plan.depth * sizeof(uint16_t);
    plan.end = plan.source + rounded_up((plan.distance + work->channels + DEPTH) * sizeof(uint16_t), 64);
    return plan;
}

size_t erde_tiled_weight_gradient_space(const erde_tiled_weight_gradient *work) { return plan_of(work).end; }

// Each number with the one a place further on.
FOR_TILES static void pair_up(const uint16_t *source, size_t channels, size_t count, uint16_t *pairs) {
    size_t index = 0;
    for (; index + SIDE <= count; index += SIDE) {
        const __m512i here = _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)(source + index)));
        const __m512i next = _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)(source + index + channels)));
        _mm512_storeu_si512(pairs + 2 * index, _mm512_or_si512(here, _mm512_slli_epi32(next, 16)));
    }
    for (; index < count; index++) {
        pairs[2 * index] = source[index];
        pairs[2 * index + 1] = source[index + channels];
    }
}

typedef int32_t lanes __attribute__((vector_size(64)));

// 16x16 pairs, mirrored at their diagonal: four times the perfect shuffle of 16 rows.
FOR_TILES static inline void transpose(lanes rows[SIDE]) {
    for (int round = 0; round < 4; round++) {
        lanes shuffled[SIDE];
        for (int row = 0; row < SIDE / 2; row++) {
            shuffled[2 * row] = __builtin_shufflevector(rows[row], rows[row + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22,
                                                        7, 23);
            shuffled[2 * row + 1] = __builtin_shufflevector(rows[row], rows[row + 8], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13,
                                                            29, 14, 30, 15, 31);
        }
        memcpy(rows, shuffled, sizeof shuffled);
    }
}

// The gradients of an image by output, place after place; zero where there is no place.
FOR_TILES static void mirror(const uint16_t *dy, size_t height, size_t width, size_t outputs, size_t depth, size_t stride,
                             uint16_t *target) {
    for (size_t column = 0; column < outputs; column += SIDE) {
        const size_t left = outputs - column;
        const __mmask16 mask = left >= SIDE ? (__mmask16)0xFFFF : (__mmask16)((1u << left) - 1);
        size_t row = 0, across = 0;
        for (size_t place = 0; place < depth; place += DEPTH) {
            lanes pairs[SIDE];
            for (int line = 0; line < SIDE; line++) {
                __m512i halves[2];
                for (int half = 0; half < 2; half++) {
                    const int is_place = row < height && across < width;
                    const uint16_t *source = dy + ((is_place ? row * width + across : 0) * outputs + column);
                    halves[half] = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(is_place ? mask : 0, source));
                    if (++across == width + 2) {
                        across = 0;
                        row++;
                    }
                }
                pairs[line] = (lanes)_mm512_or_si512(halves[0], _mm512_slli_epi32(halves[1], 16));
            }
            transpose(pairs);
            for (int line = 0; line < SIDE; line++)
                _mm512_storeu_si512(target + (column + (size_t)line) * stride + place, (__m512i)pairs[line]);
        }
    }
}

// Adds the products of a group of images to the sums.
FOR_TILES static void add_products(const gradient_plan *plan, size_t channels, size_t images, const uint16_t *gradients,
                                   const uint16_t *pairs, float *sums) {
    const size_t line = plan->group * plan->depth;        // numbers of one output
    const size_t stride = line * sizeof(uint16_t);        // bytes from output to output
    const size_t pair_stride = 2 * channels * 2 * sizeof(uint16_t);  // bytes from one pair of places to the next
    const size_t columns = TAPS * plan->columns;
    for (size_t row = 0; row < plan->rows; row += 2) {
        const int has_second = row + 1 < plan->rows;
        for (size_t column = 0; column < columns; column += 2) {
            const int is_wide = column + 1 < columns;
            float *tile = sums + (row * columns + column) * SIDE * SIDE, *below = tile + columns * SIDE * SIDE;
            _tile_loadd(0, tile, 64);
            if (is_wide) _tile_loadd(1, tile + SIDE * SIDE, 64);
            if (has_second) _tile_loadd(2, below, 64);
            if (has_second && is_wide) _tile_loadd(3, below + SIDE * SIDE, 64);
            const size_t other = column + 1;
            const size_t left = column / plan->columns * plan->image.width * channels + column % plan->columns * SIDE;
            const size_t right = other / plan->columns * plan->image.width * channels + other % plan->columns * SIDE;
            for (size_t image = 0; image < images; image++) {
                const uint16_t *dy = gradients + row * SIDE * line + image * plan->depth;
                const uint16_t *x = pairs + 2 * image * plan->distance;
                for (size_t place = 0; place < plan->depth; place += DEPTH) {
                    _tile_loadd(4, dy + place, stride);
                    _tile_loadd(6, x + 2 * (place * channels + left), pair_stride);
                    _tile_dpbf16ps(0, 4, 6);
                    if (is_wide) {
                        _tile_loadd(7, x + 2 * (place * channels + right), pair_stride);
                        _tile_dpbf16ps(1, 4, 7);
                    }
                    if (has_second) {
                        _tile_loadd(5, dy + SIDE * line + place, stride);
                        _tile_dpbf16ps(2, 5, 6);
                        if (is_wide) _tile_dpbf16ps(3, 5, 7);
                    }
                }
            }
            _tile_stored(0, tile, 64);
            if (is_wide) _tile_stored(1, tile + SIDE * SIDE, 64);
            if (has_second) _tile_stored(2, below, 64);
            if (has_second && is_wide) _tile_stored(3, below + SIDE * SIDE, 64);
        }
    }
}

FOR_TILES void erde_sum_weight_gradient_tiles(const erde_tiled_weight_gradient *work, void *space, size_t first, size_t end) {
    const gradient_plan plan = plan_of(work);
    const size_t height = work->height, width = work->width, channels = work->channels, outputs = work->outputs;
    float *sums = (float *)((char *)space + plan.sums);
    uint16_t *pairs = (uint16_t *)((char *)space + plan.pairs);
    uint16_t *gradients = (uint16_t *)((char *)space + plan.gradients);
    uint16_t *source = (uint16_t *)((char *)space + plan.source);
    memset(sums, 0, plan.pairs - plan.sums);
    memset(source, 0, plan.end - plan.source);
    configure();
    for (size_t index = first; index < end; index += plan.group) {
        const size_t images = end - index < plan.group ? end - index : plan.group;
        for (size_t image = 0; image < images; image++) {
            const size_t places = (index + image) * height * width;
            copy_into_border(work->x + places * channels, height, width, channels, source);
            pair_up(source, channels, plan.distance, pairs + 2 * image * plan.distance);
            mirror(work->dy + places * outputs, height, width, outputs, plan.depth, plan.group * plan.depth,
                   gradients + image * plan.depth);
        }
        add_products(&plan, channels, images, gradients, pairs, sums);
    }
    _tile_release();
}

void erde_collect_weight_gradient(const erde_tiled_weight_gradient *work, const void *space, size_t distance, size_t count,
                                  size_t first, size_t end, float *dweight) {
    const gradient_plan plan = plan_of(work);
    for (size_t output = first; output < end; output++)
        for (size_t row = 0; row < TAPS; row++) {
            const size_t tile = (output / SIDE * TAPS + row) * plan.columns;
            size_t index = 0;
            for (size_t tap = 0; tap < TAPS; tap++)
                for (size_t channel = 0; channel < work->channels; channel++, index++) {
                    const size_t place = ((tile + index / SIDE) * SIDE + output % SIDE) * SIDE + index % SIDE;
                    float sum = 0;
                    for (size_t part = 0; part < count; part++)
                        sum += ((const float *)((const char *)space + part * distance + plan.sums))[place];
                    dweight[((output * work->channels + channel) * TAPS + row) * TAPS + tap] = sum;
                }
        }
}

#else

// Never called: the processor has no tiles.
size_t erde_tiled_weight_gradient_space(const erde_tiled_weight_gradient *work) { return (void)work, 0; }
void erde_sum_weight_gradient_tiles(const erde_tiled_weight_gradient *work, void *space, size_t first, size_t end) {
    (void)work, (void)space, (void)first, (void)end;
}
void erde_collect_weight_gradient(const erde_tiled_weight_gradient *work, const void *space, size_t distance, size_t count,
                                  size_t first, size_t end, float *dweight) {
    (void)work, (void)space, (void)distance, (void)count, (void)first, (void)end, (void)dweight;
}

#endif
