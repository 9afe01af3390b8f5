// oneDNN 3: memory descriptors are opaque, each primitive is described in one call.
#include "internal.h"

#if DNNL_VERSION_MAJOR >= 3

#include <stdlib.h>

// Takes over the description.
static int layout_adopt(dnnl_status_t status, dnnl_memory_desc_t description, erde_dnnl_layout **layout) {
    if (status != dnnl_success) return status;
    erde_dnnl_layout *made = calloc(1, sizeof *made);
    if (!made) {
        if (description) dnnl_memory_desc_destroy(description);
        return dnnl_out_of_memory;
    }
    made->description = description;
    *layout = made;
    return dnnl_success;
}

int erde_dnnl_layout_create(erde_dnnl_layout **layout, int rank, const int64_t *dimensions, erde_dnnl_type type,
                            const int64_t *strides) {
    dnnl_dims_t row_major;
    if (rank > DNNL_MAX_NDIMS) return dnnl_invalid_arguments;
    int64_t step = 1;
    for (int axis = rank - 1; axis >= 0; axis--) {
        row_major[axis] = step;
        step *= dimensions[axis];
    }
    dnnl_memory_desc_t description = NULL;
    dnnl_status_t status = dnnl_memory_desc_create_with_strides(&description, rank, dimensions,
                                                                erde_dnnl_data_type(type), strides ? strides : row_major);
    return layout_adopt(status, description, layout);
}

int erde_dnnl_layout_create_any(erde_dnnl_layout **layout, int rank, const int64_t *dimensions, erde_dnnl_type type) {
    dnnl_memory_desc_t description = NULL;
    dnnl_status_t status =
        dnnl_memory_desc_create_with_tag(&description, rank, dimensions, erde_dnnl_data_type(type), dnnl_format_tag_any);
    return layout_adopt(status, description, layout);
}

int erde_dnnl_layout_create_part(erde_dnnl_layout **layout, const erde_dnnl_layout *whole, int64_t count) {
    dnnl_dims_t *extents;
    dnnl_status_t status = dnnl_memory_desc_query(whole->description, dnnl_query_dims, &extents);
    if (status != dnnl_success) return status;
    dnnl_dims_t dimensions;
    const dnnl_dims_t offsets = {0};
    int rank = 0;
    status = dnnl_memory_desc_query(whole->description, dnnl_query_ndims_s32, &rank);
    if (status != dnnl_success) return status;
    for (int axis = 0; axis < rank; axis++) dimensions[axis] = (*extents)[axis];
    dimensions[0] = count;
    dnnl_memory_desc_t description = NULL;
    status = dnnl_memory_desc_create_submemory(&description, whole->description, dimensions, offsets);
    return layout_adopt(status, description, layout);
}

void erde_dnnl_layout_destroy(erde_dnnl_layout *layout) {
    if (!layout) return;
    if (layout->description) dnnl_memory_desc_destroy(layout->description);
    free(layout);
}

int erde_dnnl_layout_equal(const erde_dnnl_layout *a, const erde_dnnl_layout *b) {
    return dnnl_memory_desc_equal(a->description, b->description);
}

erde_dnnl_type erde_dnnl_layout_type(const erde_dnnl_layout *layout) {
    dnnl_data_type_t type = dnnl_data_type_undef;
    if (layout->description) dnnl_memory_desc_query(layout->description, dnnl_query_data_type, &type);
    return erde_dnnl_known_type(type);
}

size_t erde_dnnl_layout_size(const erde_dnnl_layout *layout) {
    return layout->description ? dnnl_memory_desc_get_size(layout->description) : 0;
}

int erde_dnnl_operation_layout(const erde_dnnl_operation *operation, erde_dnnl_argument argument,
                               erde_dnnl_layout **layout) {
    const_dnnl_memory_desc_t found = dnnl_primitive_desc_query_md(operation->description, dnnl_query_exec_arg_md,
                                                                  erde_dnnl_argument_index(argument));
    dnnl_memory_desc_t copy = NULL;
    dnnl_status_t status = found ? dnnl_memory_desc_clone(&copy, found) : dnnl_success;
    return layout_adopt(status, copy, layout);
}

static int finish(dnnl_status_t status, dnnl_primitive_desc_t description, erde_dnnl_operation **operation) {
    return status == dnnl_success ? erde_dnnl_operation_finish(description, operation) : (int)status;
}

int erde_dnnl_scales_are_arguments(void) { return 1; }

int erde_dnnl_scales_argument(int argument) { return DNNL_ARG_ATTR_SCALES | argument; }

dnnl_status_t erde_dnnl_set_scales(dnnl_primitive_attr_t attributes, const erde_dnnl_fusion *fusion) {
    // The output channels are axis 0 of the weights; with groups, axes 0 and 1 together.
    const int channels = fusion->is_grouped ? (1 << 0) + (1 << 1) : 1 << 0;
    return dnnl_primitive_attr_set_scales_mask(attributes, DNNL_ARG_WEIGHTS, fusion->scale_count > 1 ? channels : 0);
}

dnnl_status_t erde_dnnl_append_addend(dnnl_post_ops_t chain, const erde_dnnl_fusion *fusion) {
    return fusion->addend == ERDE_DNNL_RESULT_ADDEND
               ? dnnl_post_ops_append_sum(chain, erde_dnnl_addend_scale(fusion), 0, dnnl_data_type_undef)
               : dnnl_post_ops_append_binary(chain, dnnl_binary_add, fusion->addend_layout->description);
}

dnnl_status_t erde_dnnl_append_activation(dnnl_post_ops_t chain, const erde_dnnl_fusion *fusion) {
    return fusion->activation == ERDE_DNNL_RELU
               ? dnnl_post_ops_append_eltwise(chain, dnnl_eltwise_relu, 0, 0)
               : dnnl_post_ops_append_eltwise(chain, dnnl_eltwise_clip, fusion->lower, fusion->upper);
}

int erde_dnnl_reorder_create(erde_dnnl_machine *machine, const erde_dnnl_layout *from, const erde_dnnl_layout *to,
                             erde_dnnl_operation **operation) {
    dnnl_primitive_desc_t description;
    dnnl_status_t status = dnnl_reorder_primitive_desc_create(&description, from->description, machine->engine,
                                                              to->description, machine->engine, NULL);
    return finish(status, description, operation);
}

int erde_dnnl_scaled_reorder_create(erde_dnnl_machine *machine, const erde_dnnl_layout *from, const erde_dnnl_layout *to,
                                    float scale, erde_dnnl_operation **operation) {
    (void)scale;  // an argument here
    dnnl_primitive_attr_t attributes;
    dnnl_status_t status = dnnl_primitive_attr_create(&attributes);
    if (status != dnnl_success) return status;
    status = dnnl_primitive_attr_set_scales_mask(attributes, DNNL_ARG_SRC, 0);
    dnnl_primitive_desc_t description = NULL;
    if (status == dnnl_success)
        status = dnnl_reorder_primitive_desc_create(&description, from->description, machine->engine, to->description,
                                                    machine->engine, attributes);
    dnnl_primitive_attr_destroy(attributes);
    return finish(status, description, operation);
}

int erde_dnnl_convolution_create(erde_dnnl_machine *machine, erde_dnnl_convolution_algorithm algorithm,
                                 erde_dnnl_mode mode, const erde_dnnl_layout *src,
                                 const erde_dnnl_layout *weights, const erde_dnnl_layout *bias,
                                 const erde_dnnl_layout *dst, const erde_dnnl_window *window,
                                 const erde_dnnl_fusion *fusion, erde_dnnl_operation **operation) {
    const erde_dnnl_extents extents = erde_dnnl_expand(window);
    dnnl_primitive_attr_t attributes;
    int result = erde_dnnl_fusion_attributes(fusion, &attributes);
    if (result != dnnl_success) return result;
    dnnl_primitive_desc_t description;
    dnnl_status_t status = dnnl_convolution_forward_primitive_desc_create(
        &description, machine->engine, erde_dnnl_forward_kind(mode), erde_dnnl_algorithm(algorithm), src->description,
        weights->description, bias ? bias->description : NULL, dst->description, extents.strides, extents.dilations,
        extents.padding_begin, extents.padding_end, attributes);
    dnnl_primitive_attr_destroy(attributes);
    return finish(status, description, operation);
}

int erde_dnnl_convolution_data_gradient_create(erde_dnnl_machine *machine, erde_dnnl_convolution_algorithm algorithm,
                                               const erde_dnnl_layout *diff_src, const erde_dnnl_layout *weights,
                                               const erde_dnnl_layout *diff_dst, const erde_dnnl_window *window,
                                               erde_dnnl_operation **operation) {
    erde_dnnl_operation *forward;
    int result = erde_dnnl_convolution_create(machine, algorithm, ERDE_DNNL_TRAINING, diff_src, weights, NULL, diff_dst,
                                              window, NULL, &forward);
    if (result != dnnl_success) return result;
    dnnl_primitive_attr_t attributes;
    result = erde_dnnl_fusion_attributes(NULL, &attributes);
    if (result != dnnl_success) {
        erde_dnnl_operation_destroy(forward);
        return result;
    }
    const erde_dnnl_extents extents = erde_dnnl_expand(window);
    dnnl_primitive_desc_t description;
    dnnl_status_t status = dnnl_convolution_backward_data_primitive_desc_create(
        &description, machine->engine, erde_dnnl_algorithm(algorithm), diff_src->description, weights->description,
        diff_dst->description, extents.strides, extents.dilations, extents.padding_begin, extents.padding_end,
        forward->description, attributes);
    dnnl_primitive_attr_destroy(attributes);
    erde_dnnl_operation_destroy(forward);
    return finish(status, description, operation);
}

int erde_dnnl_convolution_weight_gradient_create(erde_dnnl_machine *machine, erde_dnnl_convolution_algorithm algorithm,
                                                 const erde_dnnl_layout *src, const erde_dnnl_layout *weights,
                                                 const erde_dnnl_layout *diff_weights, const erde_dnnl_layout *diff_dst,
                                                 const erde_dnnl_window *window, erde_dnnl_operation **operation) {
    erde_dnnl_operation *forward;
    int result = erde_dnnl_convolution_create(machine, algorithm, ERDE_DNNL_TRAINING, src, weights, NULL, diff_dst, window,
                                              NULL, &forward);
    if (result != dnnl_success) return result;
    dnnl_primitive_attr_t attributes;
    result = erde_dnnl_fusion_attributes(NULL, &attributes);
    if (result != dnnl_success) {
        erde_dnnl_operation_destroy(forward);
        return result;
    }
    const erde_dnnl_extents extents = erde_dnnl_expand(window);
    dnnl_primitive_desc_t description;
    dnnl_status_t status = dnnl_convolution_backward_weights_primitive_desc_create(
        &description, machine->engine, erde_dnnl_algorithm(algorithm), src->description, diff_weights->description, NULL,
        diff_dst->description, extents.strides, extents.dilations, extents.padding_begin, extents.padding_end,
        forward->description, attributes);
    dnnl_primitive_attr_destroy(attributes);
    erde_dnnl_operation_destroy(forward);
    return finish(status, description, operation);
}

int erde_dnnl_matmul_create(erde_dnnl_machine *machine, const erde_dnnl_layout *src, const erde_dnnl_layout *weights,
                            const erde_dnnl_layout *bias, const erde_dnnl_layout *dst, erde_dnnl_operation **operation) {
    dnnl_primitive_desc_t description;
    dnnl_status_t status = dnnl_matmul_primitive_desc_create(&description, machine->engine, src->description,
                                                             weights->description, bias ? bias->description : NULL,
                                                             dst->description, NULL);
    return finish(status, description, operation);
}

int erde_dnnl_pool_create(erde_dnnl_machine *machine, erde_dnnl_mode mode, erde_dnnl_pool_kind kind,
                          const erde_dnnl_layout *src, const erde_dnnl_layout *dst, const erde_dnnl_window *window,
                          erde_dnnl_operation **operation) {
    const erde_dnnl_extents extents = erde_dnnl_expand(window);
    dnnl_primitive_desc_t description;
    dnnl_status_t status = dnnl_pooling_forward_primitive_desc_create(
        &description, machine->engine, erde_dnnl_forward_kind(mode), erde_dnnl_pool_algorithm(kind), src->description,
        dst->description, extents.strides, extents.kernel, extents.dilations, extents.padding_begin, extents.padding_end, NULL);
    return finish(status, description, operation);
}

int erde_dnnl_pool_gradient_create(erde_dnnl_machine *machine, erde_dnnl_pool_kind kind,
                                   const erde_dnnl_layout *diff_src, const erde_dnnl_layout *diff_dst,
                                   const erde_dnnl_window *window, const erde_dnnl_operation *forward,
                                   erde_dnnl_operation **operation) {
    const erde_dnnl_extents extents = erde_dnnl_expand(window);
    dnnl_primitive_desc_t description;
    dnnl_status_t status = dnnl_pooling_backward_primitive_desc_create(
        &description, machine->engine, erde_dnnl_pool_algorithm(kind), diff_src->description, diff_dst->description,
        extents.strides, extents.kernel, extents.dilations, extents.padding_begin, extents.padding_end, forward->description,
        NULL);
    return finish(status, description, operation);
}

int erde_dnnl_normalization_create(erde_dnnl_machine *machine, erde_dnnl_mode mode, const erde_dnnl_layout *src,
                                   float epsilon, int relu, erde_dnnl_operation **operation) {
    dnnl_primitive_desc_t description;
    dnnl_status_t status = dnnl_batch_normalization_forward_primitive_desc_create(
        &description, machine->engine, erde_dnnl_forward_kind(mode), src->description, src->description, epsilon,
        erde_dnnl_normalization_flags(mode, relu), NULL);
    return finish(status, description, operation);
}

int erde_dnnl_normalization_gradient_create(erde_dnnl_machine *machine, const erde_dnnl_layout *src, float epsilon,
                                            int relu, const erde_dnnl_operation *forward,
                                            erde_dnnl_operation **operation) {
    dnnl_primitive_desc_t description;
    dnnl_status_t status = dnnl_batch_normalization_backward_primitive_desc_create(
        &description, machine->engine, dnnl_backward, src->description, src->description, src->description, epsilon,
        erde_dnnl_normalization_flags(ERDE_DNNL_TRAINING, relu), forward->description, NULL);
    return finish(status, description, operation);
}

int erde_dnnl_activation_create(erde_dnnl_machine *machine, erde_dnnl_activation kind, float lower, float upper,
                                const erde_dnnl_layout *src, erde_dnnl_operation **operation) {
    dnnl_primitive_desc_t description;
    int clips = kind == ERDE_DNNL_CLIP;
    dnnl_status_t status = dnnl_eltwise_forward_primitive_desc_create(
        &description, machine->engine, dnnl_forward_inference, erde_dnnl_activation_kind(kind),
        src->description, src->description, clips ? lower : 0, clips ? upper : 0, NULL);
    return finish(status, description, operation);
}

int erde_dnnl_relu_gradient_create(erde_dnnl_machine *machine, const erde_dnnl_layout *dst,
                                   erde_dnnl_operation **operation) {
    dnnl_primitive_desc_t forward;
    dnnl_status_t status = dnnl_eltwise_forward_primitive_desc_create(
        &forward, machine->engine, dnnl_forward_training, dnnl_eltwise_relu_use_dst_for_bwd, dst->description,
        dst->description, 0, 0, NULL);
    if (status != dnnl_success) return status;
    dnnl_primitive_desc_t description;
    status = dnnl_eltwise_backward_primitive_desc_create(&description, machine->engine, dnnl_eltwise_relu_use_dst_for_bwd,
                                                         dst->description, dst->description, dst->description, 0, 0,
                                                         forward, NULL);
    dnnl_primitive_desc_destroy(forward);
    return finish(status, description, operation);
}

int erde_dnnl_add_create(erde_dnnl_machine *machine, const erde_dnnl_layout *layout, erde_dnnl_operation **operation) {
    dnnl_primitive_desc_t description;
    dnnl_status_t status =
        dnnl_binary_primitive_desc_create(&description, machine->engine, dnnl_binary_add, layout->description,
                                          layout->description, layout->description, NULL);
    return finish(status, description, operation);
}

int erde_dnnl_memory_create(erde_dnnl_machine *machine, const erde_dnnl_layout *layout, void *address,
                            erde_dnnl_memory **memory) {
    return dnnl_memory_create((dnnl_memory_t *)memory, layout->description, machine->engine, address);
}

#endif
