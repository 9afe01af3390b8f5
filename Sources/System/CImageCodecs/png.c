#include "decoder.h"

#include <string.h>

/// The most memory one chunk may ask for.
enum { maximum_chunk_bytes = 64 << 20 };

static void on_error(png_structp png, png_const_charp message) {
    erde_fail(png_get_error_ptr(png), ERDE_IMAGE_DAMAGED, "damaged PNG: %s", message);
}

static void on_warning(png_structp png, png_const_charp message) {
    (void)png;
    (void)message;
}

static void on_read(png_structp png, png_bytep target, size_t count) {
    erde_image_decoder *decoder = png_get_io_ptr(png);
    if (count > decoder->input_count) erde_fail(decoder, ERDE_IMAGE_TRUNCATED, "truncated PNG");
    memcpy(target, decoder->input, count);
    decoder->input += count;
    decoder->input_count -= count;
}

bool erde_is_png(const uint8_t *bytes, size_t count) { return count >= 8 && png_sig_cmp(bytes, 0, 8) == 0; }

void erde_png_reset(erde_image_decoder *decoder) {
    if (decoder->png != NULL) png_destroy_read_struct(&decoder->png, &decoder->png_info, NULL);
    decoder->png = NULL;
    decoder->png_info = NULL;
}

static inline uint8_t on_white(unsigned sample, unsigned alpha) {
    return (uint8_t)((sample * alpha + 255 * (255 - alpha) + 127) / 255);
}

/// Decodes all rows as they come after the chosen transformations, `samples_per_pixel` bytes a pixel.
static void read_rows(erde_image_decoder *decoder, size_t height, size_t row_bytes) {
    erde_reserve(decoder, &decoder->samples, height * row_bytes);
    erde_reserve(decoder, &decoder->rows, height * sizeof(png_bytep));
    png_bytepp rows = (png_bytepp)(void *)decoder->rows.bytes;
    for (size_t row = 0; row < height; row += 1) rows[row] = decoder->samples.bytes + row * row_bytes;
    png_read_image(decoder->png, rows);
    // Reads to the end mark, so that a file cut off after its last row is found out.
    png_read_end(decoder->png, NULL);
}

/// The palette's colours on white, and whether all of them are grey.
static bool composited_palette(erde_image_decoder *decoder, uint8_t colours[256][3], int *count) {
    png_colorp palette = NULL;
    png_bytep alphas = NULL;
    int alpha_count = 0;
    if (png_get_PLTE(decoder->png, decoder->png_info, &palette, count) == 0) {
        erde_fail(decoder, ERDE_IMAGE_DAMAGED, "damaged PNG: no palette");
    }
    if (png_get_valid(decoder->png, decoder->png_info, PNG_INFO_tRNS) != 0) {
        png_get_tRNS(decoder->png, decoder->png_info, &alphas, &alpha_count, NULL);
    }
    bool is_grey = true;
    for (int index = 0; index < *count; index += 1) {
        unsigned alpha = index < alpha_count ? alphas[index] : 255;
        colours[index][0] = on_white(palette[index].red, alpha);
        colours[index][1] = on_white(palette[index].green, alpha);
        colours[index][2] = on_white(palette[index].blue, alpha);
        is_grey = is_grey && palette[index].red == palette[index].green && palette[index].red == palette[index].blue;
    }
    return is_grey;
}

static void read_palette_image(erde_image_decoder *decoder, bool probe, erde_image *image) {
    uint8_t colours[256][3];
    int colour_count = 0;
    bool is_grey = composited_palette(decoder, colours, &colour_count);
    image->channels = is_grey ? 1 : 3;
    if (probe) return;

    png_set_packing(decoder->png);
    png_set_interlace_handling(decoder->png);
    png_read_update_info(decoder->png, decoder->png_info);
    read_rows(decoder, image->height, image->width);

    size_t count = (size_t)image->width * image->height;
    erde_reserve(decoder, &decoder->pixels, count * image->channels);
    const uint8_t *indices = decoder->samples.bytes;
    uint8_t *pixels = decoder->pixels.bytes;
    for (size_t position = 0; position < count; position += 1) {
        unsigned index = indices[position];
        if ((int)index >= colour_count) {
            erde_fail(decoder, ERDE_IMAGE_DAMAGED, "damaged PNG: colour %u of a palette of %d", index, colour_count);
        }
        if (is_grey) {
            pixels[position] = colours[index][0];
        } else {
            memcpy(pixels + 3 * position, colours[index], 3);
        }
    }
    image->pixels = pixels;
}

static void read_direct_image(
    erde_image_decoder *decoder, int colour_type, int depth, bool probe, erde_image *image
) {
    image->channels = (colour_type & PNG_COLOR_MASK_COLOR) != 0 ? 3 : 1;
    if (probe) return;

    bool has_alpha = (colour_type & PNG_COLOR_MASK_ALPHA) != 0;
    if (depth < 8) png_set_expand_gray_1_2_4_to_8(decoder->png);
    if (png_get_valid(decoder->png, decoder->png_info, PNG_INFO_tRNS) != 0) {
        png_set_tRNS_to_alpha(decoder->png);
        has_alpha = true;
    }
    if (depth == 16) png_set_scale_16(decoder->png);
    png_set_interlace_handling(decoder->png);
    png_read_update_info(decoder->png, decoder->png_info);

    unsigned channels = image->channels;
    size_t sample_channels = channels + (has_alpha ? 1 : 0);
    size_t row_bytes = png_get_rowbytes(decoder->png, decoder->png_info);
    if (row_bytes != image->width * sample_channels) {
        erde_fail(decoder, ERDE_IMAGE_DAMAGED, "damaged PNG: rows of %zu bytes", row_bytes);
    }
    read_rows(decoder, image->height, row_bytes);
    if (!has_alpha) {
        image->pixels = decoder->samples.bytes;
        return;
    }

    size_t count = (size_t)image->width * image->height;
    erde_reserve(decoder, &decoder->pixels, count * channels);
    const uint8_t *samples = decoder->samples.bytes;
    uint8_t *pixels = decoder->pixels.bytes;
    for (size_t position = 0; position < count; position += 1) {
        for (unsigned channel = 0; channel < channels; channel += 1) {
            pixels[channel] = on_white(samples[channel], samples[channels]);
        }
        samples += sample_channels;
        pixels += channels;
    }
    image->pixels = decoder->pixels.bytes;
}

void erde_png_read(erde_image_decoder *decoder, const uint8_t *bytes, size_t count, bool probe, erde_image *image) {
    decoder->input = bytes;
    decoder->input_count = count;
    decoder->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, decoder, on_error, on_warning);
    decoder->png_info = decoder->png == NULL ? NULL : png_create_info_struct(decoder->png);
    if (decoder->png_info == NULL) erde_fail(decoder, ERDE_IMAGE_NO_MEMORY, "no memory for a PNG reader");

    // Text, profiles and times are skipped unread; a negative count means all chunks but those that make the picture.
    png_set_keep_unknown_chunks(decoder->png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_set_user_limits(decoder->png, 0x7fffffff, 0x7fffffff);
    png_set_chunk_malloc_max(decoder->png, maximum_chunk_bytes);
    png_set_read_fn(decoder->png, decoder, on_read);
    png_read_info(decoder->png, decoder->png_info);

    png_uint_32 width = 0, height = 0;
    int depth = 0, colour_type = 0;
    png_get_IHDR(decoder->png, decoder->png_info, &width, &height, &depth, &colour_type, NULL, NULL, NULL);
    erde_check_size(decoder, width, height);
    image->width = width;
    image->height = height;
    if (colour_type == PNG_COLOR_TYPE_PALETTE) {
        read_palette_image(decoder, probe, image);
    } else {
        read_direct_image(decoder, colour_type, depth, probe, image);
    }
}
