#include "decoder.h"

#include <stdlib.h>
#include <string.h>

erde_image_decoder *erde_image_decoder_create(void) { return calloc(1, sizeof(erde_image_decoder)); }

void erde_image_decoder_destroy(erde_image_decoder *decoder) {
    if (decoder == NULL) return;
    erde_png_reset(decoder);
    erde_jpeg_destroy(decoder);
    free(decoder->samples.bytes);
    free(decoder->rows.bytes);
    free(decoder->pixels.bytes);
    free(decoder);
}

void erde_image_decoder_trim(erde_image_decoder *decoder) {
    erde_buffer *buffers[] = {&decoder->samples, &decoder->rows, &decoder->pixels};
    for (size_t index = 0; index < 3; index += 1) {
        free(buffers[index]->bytes);
        buffers[index]->bytes = NULL;
        buffers[index]->capacity = 0;
    }
}

static erde_image_status erde_read(
    erde_image_decoder *decoder, const uint8_t *bytes, size_t count, erde_image_limits limits, bool probe,
    erde_image *image
) {
    memset(image, 0, sizeof *image);
    image->message = decoder->message;
    image->reduction = 1;
    decoder->message[0] = 0;
    decoder->status = ERDE_IMAGE_OK;
    decoder->limits = limits;

    bool is_png = erde_is_png(bytes, count);
    if (!is_png && !erde_is_jpeg(bytes, count)) return ERDE_IMAGE_FOREIGN;
    if (setjmp(decoder->recovery) == 0) {
        if (is_png) {
            erde_png_read(decoder, bytes, count, probe, image);
        } else {
            erde_jpeg_read(decoder, bytes, count, probe, image);
        }
    }
    // From here on nothing jumps: cleaning up calls no error handler.
    if (is_png) {
        erde_png_reset(decoder);
    } else {
        erde_jpeg_reset(decoder);
    }
    return decoder->status;
}

erde_image_status erde_image_probe(
    erde_image_decoder *decoder, const void *bytes, size_t count, erde_image_limits limits, erde_image *image
) {
    return erde_read(decoder, bytes, count, limits, true, image);
}

erde_image_status erde_image_decode(
    erde_image_decoder *decoder, const void *bytes, size_t count, erde_image_limits limits, erde_image *image
) {
    return erde_read(decoder, bytes, count, limits, false, image);
}
