#include "CArchiveStream.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <stdlib.h>

struct erde_archive {
    struct archive *handle;
    /// libarchive converts names to the thread's locale.
    locale_t utf8;
    int is_open;
};

erde_archive *erde_archive_create(const char *path) {
    erde_archive *archive = calloc(1, sizeof *archive);
    if (!archive) return NULL;
    archive->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    archive->handle = archive_read_new();
    if (!archive->handle) {
        erde_archive_destroy(archive);
        return NULL;
    }
    // Only what is documented: each further format is further code for hostile files to reach.
    archive_read_support_filter_gzip(archive->handle);
    archive_read_support_filter_bzip2(archive->handle);
    archive_read_support_filter_xz(archive->handle);
    archive_read_support_filter_zstd(archive->handle);
    archive_read_support_format_tar(archive->handle);
    archive_read_support_format_zip(archive->handle);
    archive->is_open = archive_read_open_filename(archive->handle, path, 1 << 18) >= ARCHIVE_WARN;
    return archive;
}

void erde_archive_destroy(erde_archive *archive) {
    if (!archive) return;
    if (archive->handle) archive_read_free(archive->handle);
    if (archive->utf8) freelocale(archive->utf8);
    free(archive);
}

int erde_archive_is_open(const erde_archive *archive) { return archive->is_open; }

int erde_archive_next(erde_archive *archive, erde_archive_entry *entry) {
    struct archive_entry *found = NULL;
    locale_t earlier = archive->utf8 ? uselocale(archive->utf8) : (locale_t)0;
    int code = ARCHIVE_RETRY;
    for (int attempt = 0; attempt < 8 && code == ARCHIVE_RETRY; attempt++) {
        code = archive_read_next_header(archive->handle, &found);
    }
    int result = code == ARCHIVE_EOF ? 0 : code >= ARCHIVE_WARN && found ? 1 : -1;
    if (result == 1) {
        entry->name = archive_entry_pathname_utf8(found);
        if (!entry->name) entry->name = archive_entry_pathname(found);
        entry->byte_count = archive_entry_size_is_set(found) ? archive_entry_size(found) : -1;
        int is_link = archive_entry_hardlink(found) != NULL;
        entry->kind = archive_entry_filetype(found) == AE_IFDIR             ? ERDE_ARCHIVE_FOLDER
                      : archive_entry_filetype(found) == AE_IFREG && !is_link ? ERDE_ARCHIVE_FILE
                                                                              : ERDE_ARCHIVE_OTHER;
    }
    if (archive->utf8) uselocale(earlier);
    return result;
}

int64_t erde_archive_read(erde_archive *archive, void *bytes, size_t count) {
    return archive_read_data(archive->handle, bytes, count);
}

int64_t erde_archive_decompressed(erde_archive *archive) { return archive_filter_bytes(archive->handle, 0); }

const char *erde_archive_message(erde_archive *archive) { return archive_error_string(archive->handle); }

int erde_archive_library_version(void) { return archive_version_number(); }
