#include "decoder.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

_Noreturn void erde_fail(erde_image_decoder *decoder, erde_image_status status, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(decoder->message, sizeof decoder->message, format, arguments);
    va_end(arguments);
    decoder->status = status;
    longjmp(decoder->recovery, 1);
}

void erde_reserve(erde_image_decoder *decoder, erde_buffer *buffer, size_t count) {
    if (count <= buffer->capacity) return;
    free(buffer->bytes);
    buffer->bytes = malloc(count);
    buffer->capacity = buffer->bytes == NULL ? 0 : count;
    if (buffer->bytes == NULL) erde_fail(decoder, ERDE_IMAGE_NO_MEMORY, "no memory for %zu bytes", count);
}

void erde_check_size(erde_image_decoder *decoder, uint64_t width, uint64_t height) {
    if (width == 0 || height == 0) {
        erde_fail(decoder, ERDE_IMAGE_DAMAGED, "an image of %" PRIu64 " x %" PRIu64 " pixels", width, height);
    }
    if (width > decoder->limits.maximum_side || height > decoder->limits.maximum_side) {
        erde_fail(
            decoder, ERDE_IMAGE_TOO_LARGE, "%" PRIu64 " x %" PRIu64 " pixels, more than %u a side", width, height,
            decoder->limits.maximum_side);
    }
    if (width * height > decoder->limits.maximum_pixels) {
        erde_fail(
            decoder, ERDE_IMAGE_TOO_LARGE, "%" PRIu64 " x %" PRIu64 " pixels, more than %" PRIu64 " in all", width,
            height, decoder->limits.maximum_pixels);
    }
}
