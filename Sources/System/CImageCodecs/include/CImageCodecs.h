#pragma once
#include <stddef.h>
#include <stdint.h>

#include "png_encode.h"

/// PNG and JPEG bytes to 8-bit pixels, with error recovery kept on the C side: no long jump ever crosses a Swift frame.
///
/// Pixels come out interleaved, grey (1 channel) or RGB (3 channels):
/// - 16-bit samples are rounded to 8 bits; grey of 1, 2 and 4 bits is spread over 0...255.
/// - Transparency, as an alpha channel or a tRNS chunk, is composited on white, in sample values (no gamma), after
///   rounding to 8 bits.
/// - A palette whose every entry is grey gives 1 channel.
/// - Gamma, colour profiles and EXIF orientation are not applied.
/// - CMYK and YCCK become RGB; samples are inverted when the Adobe marker is present, as Adobe writes them.

typedef enum {
    ERDE_IMAGE_OK = 0,
    /// Neither PNG nor JPEG.
    ERDE_IMAGE_FOREIGN,
    /// Larger than the limits.
    ERDE_IMAGE_TOO_LARGE,
    /// Its bytes end too early.
    ERDE_IMAGE_TRUNCATED,
    /// Corrupt or of an unsupported kind: the message says which.
    ERDE_IMAGE_DAMAGED,
    ERDE_IMAGE_NO_MEMORY,
} erde_image_status;

typedef struct {
    uint32_t maximum_side;
    uint64_t maximum_pixels;
    /// A JPEG may be decoded at a half, a quarter or an eighth while it keeps these sides; 0 is never.
    uint32_t kept_width;
    uint32_t kept_height;
} erde_image_limits;

typedef struct {
    /// As the file has it.
    uint32_t width;
    uint32_t height;
    /// 1 or 3.
    uint32_t channels;
    /// By how much the pixels are fewer than the file's, along each side: 1, 2, 4 or 8.
    uint32_t reduction;
    /// `width * height * channels` bytes, sides divided by `reduction` and rounded up; the decoder's own, valid until its
    /// next call; null after a probe.
    const uint8_t *pixels;
    /// What went wrong, in a few words; the decoder's own.
    const char *message;
} erde_image;

/// State and memory kept from image to image; for one thread at a time.
typedef struct erde_image_decoder erde_image_decoder;

/// A new decoder, or null without memory.
erde_image_decoder *erde_image_decoder_create(void);

void erde_image_decoder_destroy(erde_image_decoder *decoder);

/// Gives back the memory kept for images; those of an earlier call are gone.
void erde_image_decoder_trim(erde_image_decoder *decoder);

/// Reads width, height and channels, and decodes nothing.
erde_image_status erde_image_probe(
    erde_image_decoder *decoder, const void *bytes, size_t count, erde_image_limits limits, erde_image *image);

/// Decodes a whole file; every warning about lost or corrupt data is an error.
erde_image_status erde_image_decode(
    erde_image_decoder *decoder, const void *bytes, size_t count, erde_image_limits limits, erde_image *image);
