#include "decoder.h"

#include <jerror.h>
#include <string.h>

/// Progressive files of more scans than this are made to waste time.
enum { maximum_scans = 500 };

/// Pixels that all scans together may go through.
static const uint64_t maximum_work = 2000000000;

static erde_image_decoder *owner(j_common_ptr jpeg) { return jpeg->client_data; }

static _Noreturn void fail_with_message(j_common_ptr jpeg) {
    char text[JMSG_LENGTH_MAX];
    jpeg->err->format_message(jpeg, text);
    if (jpeg->err->msg_code == JWRN_JPEG_EOF || jpeg->err->msg_code == JERR_INPUT_EOF) {
        erde_fail(owner(jpeg), ERDE_IMAGE_TRUNCATED, "truncated JPEG");
    }
    erde_fail(owner(jpeg), ERDE_IMAGE_DAMAGED, "damaged JPEG: %.150s", text);
}

static void on_error(j_common_ptr jpeg) { fail_with_message(jpeg); }

/// Warnings mean that pixels are missing or made up, except two: a strange version number means nothing, and bytes too many in
/// front of the end of the image lie behind all pixels (data that are lost are announced by themselves, as a marker too early).
static void on_message(j_common_ptr jpeg, int level) {
    if (level >= 0) return;
    const struct jpeg_error_mgr *error = jpeg->err;
    if (error->msg_code == JWRN_JFIF_MAJOR) return;
    if (error->msg_code == JWRN_EXTRANEOUS_DATA && error->msg_parm.i[1] == JPEG_EOI) return;
    fail_with_message(jpeg);
}

static void on_progress(j_common_ptr jpeg) {
    if (!jpeg->is_decompressor) return;
    j_decompress_ptr decompress = (j_decompress_ptr)jpeg;
    uint64_t scans = decompress->input_scan_number;
    uint64_t work = scans * decompress->image_width * decompress->image_height;
    // An honest file has about ten scans, whatever its size.
    if (scans > maximum_scans || (scans > 32 && work > maximum_work)) {
        erde_fail(owner(jpeg), ERDE_IMAGE_DAMAGED, "damaged JPEG: more than %d scans", (int)scans - 1);
    }
}

bool erde_is_jpeg(const uint8_t *bytes, size_t count) {
    return count >= 3 && bytes[0] == 0xFF && bytes[1] == 0xD8 && bytes[2] == 0xFF;
}

void erde_jpeg_reset(erde_image_decoder *decoder) {
    if (decoder->jpeg_is_created) jpeg_abort_decompress(&decoder->jpeg);
}

void erde_jpeg_destroy(erde_image_decoder *decoder) {
    if (decoder->jpeg_is_created) jpeg_destroy_decompress(&decoder->jpeg);
    decoder->jpeg_is_created = false;
}

/// Four inks to RGB. Adobe's files hold 255 for no ink.
static void convert_inks(const uint8_t *inks, uint8_t *pixels, size_t count, bool is_inverted) {
    unsigned mask = is_inverted ? 0 : 255;
    for (size_t position = 0; position < count; position += 1) {
        unsigned black = inks[3] ^ mask;
        for (unsigned channel = 0; channel < 3; channel += 1) {
            pixels[channel] = (uint8_t)(((inks[channel] ^ mask) * black + 127) / 255);
        }
        inks += 4;
        pixels += 3;
    }
}

/// The largest reduction that keeps the sides wanted.
static uint32_t reduction(const erde_image_limits *limits, const erde_image *image) {
    if (limits->kept_width == 0 || limits->kept_height == 0) return 1;
    for (uint32_t reduction = 8; reduction > 1; reduction /= 2) {
        if (image->width / reduction >= limits->kept_width && image->height / reduction >= limits->kept_height) return reduction;
    }
    return 1;
}

void erde_jpeg_read(erde_image_decoder *decoder, const uint8_t *bytes, size_t count, bool probe, erde_image *image) {
    j_decompress_ptr jpeg = &decoder->jpeg;
    if (!decoder->jpeg_is_created) {
        jpeg->err = jpeg_std_error(&decoder->jpeg_errors);
        decoder->jpeg_errors.error_exit = on_error;
        decoder->jpeg_errors.emit_message = on_message;
        jpeg->client_data = decoder;
        jpeg_create_decompress(jpeg);
        decoder->jpeg_progress.progress_monitor = on_progress;
        jpeg->progress = &decoder->jpeg_progress;
        decoder->jpeg_is_created = true;
    }
    jpeg_mem_src(jpeg, bytes, count);
    jpeg_read_header(jpeg, TRUE);
    erde_check_size(decoder, jpeg->image_width, jpeg->image_height);
    image->width = jpeg->image_width;
    image->height = jpeg->image_height;

    bool has_inks = jpeg->jpeg_color_space == JCS_CMYK || jpeg->jpeg_color_space == JCS_YCCK;
    if (has_inks) {
        jpeg->out_color_space = JCS_CMYK;
    } else if (jpeg->num_components == 1) {
        jpeg->out_color_space = JCS_GRAYSCALE;
    } else if (jpeg->num_components == 3) {
        jpeg->out_color_space = JCS_RGB;
    } else {
        erde_fail(decoder, ERDE_IMAGE_DAMAGED, "unsupported JPEG: %d components", jpeg->num_components);
    }
    image->channels = jpeg->out_color_space == JCS_GRAYSCALE ? 1 : 3;
    if (probe) return;

    image->reduction = reduction(&decoder->limits, image);
    jpeg->scale_num = 1;
    jpeg->scale_denom = image->reduction;
    jpeg_calc_output_dimensions(jpeg);
    size_t pixel_count = (size_t)jpeg->output_width * jpeg->output_height;
    size_t row_bytes = (size_t)jpeg->output_width * (has_inks ? 4 : image->channels);
    erde_reserve(decoder, &decoder->samples, row_bytes * jpeg->output_height);
    jpeg_start_decompress(jpeg);
    while (jpeg->output_scanline < jpeg->output_height) {
        JSAMPROW rows[8];
        JDIMENSION row_count = jpeg->output_height - jpeg->output_scanline;
        if (row_count > 8) row_count = 8;
        for (JDIMENSION row = 0; row < row_count; row += 1) {
            rows[row] = decoder->samples.bytes + (jpeg->output_scanline + row) * row_bytes;
        }
        jpeg_read_scanlines(jpeg, rows, row_count);
    }
    jpeg_finish_decompress(jpeg);
    if (!has_inks) {
        image->pixels = decoder->samples.bytes;
        return;
    }
    erde_reserve(decoder, &decoder->pixels, pixel_count * 3);
    convert_inks(decoder->samples.bytes, decoder->pixels.bytes, pixel_count, jpeg->saw_Adobe_marker);
    image->pixels = decoder->pixels.bytes;
}
