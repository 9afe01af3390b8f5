#pragma once
#include <stddef.h>
#include <stdint.h>

/// Writes 8-bit interleaved pixels, 1 (grey) or 3 (RGB) channels, as a PNG file into memory.
///
/// `count` is the room at `bytes` on entry, the file's size on return. Returns 1, or 0 where the room is too small or
/// libpng refuses.
int erde_png_encode(
    const uint8_t *pixels, uint32_t width, uint32_t height, uint32_t channels, uint8_t *bytes, size_t *count);
