#pragma once
#include <stddef.h>
#include <stdint.h>

/// tar (plain, gzip, bzip2, xz, Zstandard) and zip archives from first entry to last, through libarchive.
///
/// Names are UTF-8 whatever the locale of the process is. Nothing is ever written to disk.

typedef enum {
    ERDE_ARCHIVE_OTHER = 0,
    ERDE_ARCHIVE_FILE,
    ERDE_ARCHIVE_FOLDER,
} erde_archive_kind;

typedef struct {
    /// As the archive has it, valid until the next entry; null when it has none.
    const char *name;
    /// −1 where the archive does not say beforehand.
    int64_t byte_count;
    erde_archive_kind kind;
} erde_archive_entry;

typedef struct erde_archive erde_archive;

/// A reader of one archive, or null without memory. Check `erde_archive_is_open`.
erde_archive *erde_archive_create(const char *path);

void erde_archive_destroy(erde_archive *archive);

/// 1, or 0 when the file cannot be opened or is no archive.
int erde_archive_is_open(const erde_archive *archive);

/// Goes to the next entry: 1, or 0 after the last, or −1 when the archive is damaged.
int erde_archive_next(erde_archive *archive, erde_archive_entry *entry);

/// Reads on in the current entry: bytes read, 0 at its end, negative when it is damaged.
int64_t erde_archive_read(erde_archive *archive, void *bytes, size_t count);

/// Bytes that decompressing the archive as a whole gave so far.
int64_t erde_archive_decompressed(erde_archive *archive);

/// What went wrong, or null.
const char *erde_archive_message(erde_archive *archive);

/// Of libarchive: major * 1000000 + minor * 1000 + patch.
int erde_archive_library_version(void);
