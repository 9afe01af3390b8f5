#include "CFlatBuffers.h"

#include <algorithm>
#include <flatbuffers/flatbuffers.h>
#include <vector>

using flatbuffers::Offset;
using flatbuffers::voffset_t;

struct erde_flat_builder {
    flatbuffers::FlatBufferBuilder message;

    explicit erde_flat_builder(size_t bytes) : message(bytes) { message.ForceDefaults(true); }
};

namespace {

/// A field's number as the library counts: bytes into the table's index.
voffset_t position(uint16_t slot) { return flatbuffers::FieldIndexToOffset(slot); }

}  // namespace

erde_flat_builder *erde_flat_create(size_t initial_bytes) { return new erde_flat_builder(initial_bytes); }

void erde_flat_destroy(erde_flat_builder *builder) { delete builder; }

uint32_t erde_flat_add_string(erde_flat_builder *builder, const char *utf8, size_t count)
{
    return builder->message.CreateString(utf8, count).o;
}

uint32_t erde_flat_add_scalars(
    erde_flat_builder *builder, const void *scalars, size_t count, size_t size, size_t alignment)
{
    auto &message = builder->message;
    const size_t bytes = count * size;
    // The bytes as they are, behind their number, which is aligned as well.
    message.ForceVectorAlignment(bytes, 1, std::max({ sizeof(flatbuffers::uoffset_t), size, alignment }));
    message.PushBytes(static_cast<const uint8_t *>(scalars), bytes);
    return message.PushElement(static_cast<flatbuffers::uoffset_t>(count));
}

uint32_t erde_flat_add_places(erde_flat_builder *builder, const uint32_t *places, size_t count)
{
    std::vector<Offset<void>> offsets(places, places + count);
    return builder->message.CreateVector(offsets).o;
}

uint32_t erde_flat_add_table(erde_flat_builder *builder, const erde_flat_field *fields, size_t count)
{
    auto &message = builder->message;
    const auto start = message.StartTable();
    for (size_t index = 0; index < count; index++) {
        const auto &field = fields[index];
        const auto slot = position(field.slot);
        switch (field.kind) {
        case ERDE_FLAT_INT8: message.AddElement<int8_t>(slot, static_cast<int8_t>(field.integer), 0); break;
        case ERDE_FLAT_INT32: message.AddElement<int32_t>(slot, static_cast<int32_t>(field.integer), 0); break;
        case ERDE_FLAT_FLOAT: message.AddElement<float>(slot, field.real, 0); break;
        case ERDE_FLAT_PLACE: message.AddOffset(slot, Offset<void>(static_cast<uint32_t>(field.integer))); break;
        }
    }
    return message.EndTable(start);
}

void erde_flat_finish(erde_flat_builder *builder, uint32_t root, const char *identifier)
{
    builder->message.Finish(Offset<void>(root), identifier);
}

const uint8_t *erde_flat_bytes(const erde_flat_builder *builder, size_t *count)
{
    *count = builder->message.GetSize();
    return builder->message.GetBufferPointer();
}
