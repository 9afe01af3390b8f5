// Shared by the files of this target alone.
#pragma once

#include <oneapi/dnnl/dnnl.h>

#include "CDNNL.h"

struct erde_dnnl_machine {
    dnnl_engine_t engine;
    dnnl_stream_t stream;
    // Shared by all operations that run on this machine, one after another.
    void *scratchpad;
    size_t scratchpad_size;
};

struct erde_dnnl_layout {
    dnnl_memory_desc_t description;  // version 2: a plain struct; version 3: an owned handle
};

struct erde_dnnl_operation {
    dnnl_primitive_desc_t description;
    dnnl_primitive_t primitive;
    // NULL where none of the caller's is needed. The library's own would belong to the thread that prepared the operation.
    dnnl_memory_t scratchpad;
    size_t scratchpad_size;
};

dnnl_data_type_t erde_dnnl_data_type(erde_dnnl_type type);
// Float32 for types that have no name of ours.
erde_dnnl_type erde_dnnl_known_type(dnnl_data_type_t type);
int erde_dnnl_argument_index(erde_dnnl_argument argument);
// Takes over the description and makes the primitive.
int erde_dnnl_operation_finish(dnnl_primitive_desc_t description, erde_dnnl_operation **operation);
// With a scratchpad of the caller's, and `fusion` unless that is NULL; the caller destroys them.
int erde_dnnl_fusion_attributes(const erde_dnnl_fusion *fusion, dnnl_primitive_attr_t *attributes);

static inline float erde_dnnl_addend_scale(const erde_dnnl_fusion *fusion) {
    return fusion->addend_scale == 0 ? 1 : fusion->addend_scale;
}

// Different in each version.
dnnl_status_t erde_dnnl_set_scales(dnnl_primitive_attr_t attributes, const erde_dnnl_fusion *fusion);
int erde_dnnl_scales_argument(int argument);  // the number of an argument's scales
dnnl_status_t erde_dnnl_append_addend(dnnl_post_ops_t chain, const erde_dnnl_fusion *fusion);
dnnl_status_t erde_dnnl_append_activation(dnnl_post_ops_t chain, const erde_dnnl_fusion *fusion);

static inline dnnl_alg_kind_t erde_dnnl_activation_kind(erde_dnnl_activation activation) {
    switch (activation) {
    case ERDE_DNNL_CLIP: return dnnl_eltwise_clip;
    case ERDE_DNNL_SIGMOID: return dnnl_eltwise_logistic;
    default: return dnnl_eltwise_relu;
    }
}

static inline dnnl_prop_kind_t erde_dnnl_forward_kind(erde_dnnl_mode mode) {
    return mode == ERDE_DNNL_TRAINING ? dnnl_forward_training : dnnl_forward_inference;
}

static inline dnnl_alg_kind_t erde_dnnl_algorithm(erde_dnnl_convolution_algorithm algorithm) {
    return algorithm == ERDE_DNNL_WINOGRAD ? dnnl_convolution_winograd : dnnl_convolution_direct;
}

static inline dnnl_alg_kind_t erde_dnnl_pool_algorithm(erde_dnnl_pool_kind kind) {
    switch (kind) {
        case ERDE_DNNL_MAX_POOL: return dnnl_pooling_max;
        case ERDE_DNNL_AVERAGE_POOL: return dnnl_pooling_avg_exclude_padding;
        case ERDE_DNNL_AVERAGE_POOL_WITH_PADDING: return dnnl_pooling_avg_include_padding;
    }
    return dnnl_alg_kind_undef;
}

static inline unsigned erde_dnnl_normalization_flags(erde_dnnl_mode mode, int relu) {
    unsigned flags = dnnl_use_scale | dnnl_use_shift;
    if (mode == ERDE_DNNL_INFERENCE) flags |= dnnl_use_global_stats;
    if (relu) flags |= dnnl_fuse_norm_relu;
    return flags;
}

// A window in the library's own arrays.
typedef struct {
    dnnl_dims_t kernel, strides, dilations, padding_begin, padding_end;
} erde_dnnl_extents;

static inline erde_dnnl_extents erde_dnnl_expand(const erde_dnnl_window *window) {
    erde_dnnl_extents extents = {{0}, {0}, {0}, {0}, {0}};
    for (int axis = 0; axis < 2; axis++) {
        extents.kernel[axis] = window->kernel[axis];
        extents.strides[axis] = window->strides[axis];
        extents.dilations[axis] = window->dilations[axis] - 1;  // the library counts from 0
        extents.padding_begin[axis] = window->padding_begin[axis];
        extents.padding_end[axis] = window->padding_end[axis];
    }
    return extents;
}
