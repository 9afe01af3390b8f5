// Loops that oneDNN lacks or is slow at, compiled for several processors; the fastest that this one has is taken at run time.
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

// How numbers lie in memory: bfloat16 is the upper half of float32.
typedef enum { ERDE_BFLOAT16, ERDE_FLOAT32 } erde_element;

// Batch normalisation of images whose channels are innermost: each place of an image is a row of `channels` numbers.
// y = x * slope[c] + offset[c], then the larger of that and 0 if it is rectified.
typedef struct {
    erde_element element;  // of x, y and the gradients of both
    const void *x;
    size_t channels;
    const float *slope, *offset;  // one for each channel
    int is_rectified;
} erde_normalized_rows;

// dx = of_gradient[c] * dy + of_input[c] * x + constant[c] + addend, where dy is 0 wherever the rectified y is.
typedef struct {
    const float *of_gradient, *of_input, *constant;
    const void *addend;  // rows like those of x, or NULL
} erde_normalized_gradient;

// Adds to sums[c] what lies between x and shift[c], and to sums[channels + c] its square, over the rows first..<end. Takes no slope
// and no offset.
void erde_sum_rows(const erde_normalized_rows *work, const float *shift, size_t first, size_t end, double *sums);

// Does the rows first..<end of y.
void erde_normalize_rows(const erde_normalized_rows *work, void *y, size_t first, size_t end);

// Adds to sums[c] the dy that pass the ReLU, and to sums[channels + c] the same times x - mean[c], over the rows first..<end.
void erde_sum_gradient_rows(const erde_normalized_rows *work, const float *mean, const void *dy, size_t first, size_t end,
                            double *sums);

// Does the rows first..<end of dx.
void erde_normalize_gradient_rows(const erde_normalized_rows *work, const erde_normalized_gradient *factors, const void *dy,
                                  void *dx, size_t first, size_t end);

// The mean of each window of images whose channels are innermost. All windows lie within the image.
typedef struct {
    erde_element element;
    size_t channels, height, width;      // of the images x
    size_t result_height, result_width;  // of y
    size_t kernel_height, kernel_width, stride_height, stride_width;
} erde_average_pool;

// Does the rows first..<end of all images' y.
void erde_average_pool_rows(const erde_average_pool *work, const void *x, void *y, size_t first, size_t end);

// The gradient of the weights of a convolution with 3x3 kernels, stride 1 and a padding of one, of images in bfloat16 whose channels
// are innermost, in the matrix tiles of processors that have them (AMX). Sums are in float32. To be called only where the processor
// has tiles and the process may use them. A number that is none spreads to more of the gradient than its neighbours alone.
typedef struct {
    const uint16_t *x, *dy;  // [images][height][width][channels] and [outputs]
    size_t height, width, channels, outputs;
} erde_tiled_weight_gradient;

// Bytes of working space, aligned to 64, that one thread needs.
size_t erde_tiled_weight_gradient_space(const erde_tiled_weight_gradient *work);

// Leaves the sums over the images first..<end in the space.
void erde_sum_weight_gradient_tiles(const erde_tiled_weight_gradient *work, void *space, size_t first, size_t end);

// Adds up what is in `count` spaces, each so many bytes behind the other, into dweight [outputs][channels][3][3]: the outputs
// first..<end.
void erde_collect_weight_gradient(const erde_tiled_weight_gradient *work, const void *space, size_t distance, size_t count,
                                  size_t first, size_t end, float *dweight);
