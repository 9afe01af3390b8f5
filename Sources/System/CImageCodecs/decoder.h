#pragma once
#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>

#include <jpeglib.h>
#include <png.h>

#include "CImageCodecs.h"

/// A block of memory that only grows.
typedef struct {
    uint8_t *bytes;
    size_t capacity;
} erde_buffer;

struct erde_image_decoder {
    /// Where both libraries' errors land.
    jmp_buf recovery;
    erde_image_status status;
    char message[192];
    erde_image_limits limits;

    /// What the file's samples are before they become grey or RGB.
    erde_buffer samples;
    erde_buffer rows;
    erde_buffer pixels;

    png_structp png;
    png_infop png_info;
    const uint8_t *input;
    size_t input_count;

    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr jpeg_errors;
    struct jpeg_progress_mgr jpeg_progress;
    bool jpeg_is_created;
};

/// Records a failure and jumps to the recovery point.
_Noreturn void erde_fail(erde_image_decoder *decoder, erde_image_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/// Makes room for `count` bytes, or fails.
void erde_reserve(erde_image_decoder *decoder, erde_buffer *buffer, size_t count);

/// Fails unless an image of this size is within the limits.
void erde_check_size(erde_image_decoder *decoder, uint64_t width, uint64_t height);

bool erde_is_png(const uint8_t *bytes, size_t count);
void erde_png_read(erde_image_decoder *decoder, const uint8_t *bytes, size_t count, bool probe, erde_image *image);
void erde_png_reset(erde_image_decoder *decoder);

bool erde_is_jpeg(const uint8_t *bytes, size_t count);
void erde_jpeg_read(erde_image_decoder *decoder, const uint8_t *bytes, size_t count, bool probe, erde_image *image);
void erde_jpeg_reset(erde_image_decoder *decoder);
void erde_jpeg_destroy(erde_image_decoder *decoder);
