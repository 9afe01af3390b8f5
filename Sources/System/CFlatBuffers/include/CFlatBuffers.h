#ifndef ERDE_CFLATBUFFERS_H
#define ERDE_CFLATBUFFERS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A FlatBuffers message under construction. Children are added before the tables that refer to them; what an adding function
/// returns is the place to refer to.
typedef struct erde_flat_builder erde_flat_builder;

/// How a field of a table is stored.
typedef enum {
    ERDE_FLAT_INT8,
    ERDE_FLAT_INT32,
    ERDE_FLAT_FLOAT,
    /// The place of a string, a vector or a table.
    ERDE_FLAT_PLACE,
} erde_flat_kind;

typedef struct {
    /// The field's number in the schema.
    uint16_t slot;
    erde_flat_kind kind;
    /// Integers of up to 32 bits, signed or not; a place.
    int64_t integer;
    float real;
} erde_flat_field;

/// Ends the process when there is no memory, as Swift's own allocations do.
erde_flat_builder *erde_flat_create(size_t initial_bytes);
void erde_flat_destroy(erde_flat_builder *builder);

uint32_t erde_flat_add_string(erde_flat_builder *builder, const char *utf8, size_t count);

/// `count` little-endian scalars of `size` bytes, the first at a multiple of `alignment` in the message.
uint32_t erde_flat_add_scalars(
    erde_flat_builder *builder, const void *scalars, size_t count, size_t size, size_t alignment);

uint32_t erde_flat_add_places(erde_flat_builder *builder, const uint32_t *places, size_t count);

/// A table; every field is written, also with its default value.
uint32_t erde_flat_add_table(erde_flat_builder *builder, const erde_flat_field *fields, size_t count);

/// Ends the message with the table at `root`. `identifier` has four characters.
void erde_flat_finish(erde_flat_builder *builder, uint32_t root, const char *identifier);

/// The finished message, alive as long as the builder.
const uint8_t *erde_flat_bytes(const erde_flat_builder *builder, size_t *count);

#ifdef __cplusplus
}
#endif

#endif
