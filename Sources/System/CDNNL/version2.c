// oneDNN 2: memory descriptors are structs, primitives are described by operation descriptors first.
#include "internal.h"

#if DNNL_VERSION_MAJOR < 3

#include <stdlib.h>
#include <string.h>

static int layout_copy(const dnnl_memory_desc_t *description, erde_dnnl_layout **layout) {
    erde_dnnl_layout *made = calloc(1, sizeof *made);
    if (!made) return dnnl_out_of_memory;
    if (description) made->description = *description;
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
    dnnl_memory_desc_t description;
    dnnl_status_t status = dnnl_memory_desc_init_by_strides(&description, rank, dimensions, erde_dnnl_data_type(type),
                                                            strides ? strides : row_major);
    return status == dnnl_success ? layout_copy(&description, layout) : (int)status;
}

int erde_dnnl_layout_create_any(erde_dnnl_layout **layout, int rank, const int64_t *dimensions, erde_dnnl_type type) {
    dnnl_memory_desc_t description;
    dnnl_status_t status =
        dnnl_memory_desc_init_by_tag(&description, rank, dimensions, erde_dnnl_data_type(type), dnnl_format_tag_any);
    return status == dnnl_success ? layout_copy(&description, layout) : (int)status;
}

int erde_dnnl_layout_create_part(erde_dnnl_layout **layout, const erde_dnnl_layout *whole, int64_t count) {
    dnnl_dims_t dimensions;
    const dnnl_dims_t offsets = {0};
    memcpy(dimensions, whole->description.dims, sizeof dimensions);
    dimensions[0] = count;
    dnnl_memory_desc_t description;
    dnnl_status_t status = dnnl_memory_desc_init_submemory(&description, &whole->description, dimensions, offsets);
    return status == dnnl_success ? layout_copy(&description, layout) : (int)status;
}

void erde_dnnl_layout_destroy(erde_dnnl_layout *layout) { free(layout); }

int erde_dnnl_layout_equal(const erde_dnnl_layout *a, const erde_dnnl_layout *b) {
    return dnnl_memory_desc_equal(&a->description, &b->description);
}

erde_dnnl_type erde_dnnl_layout_type(const erde_dnnl_layout *layout) {
    return erde_dnnl_known_type(layout->description.data_type);
}

size_t erde_dnnl_layout_size(const erde_dnnl_layout *layout) {
    return layout->description.ndims == 0 ? 0 : dnnl_memory_desc_get_size(&layout->description);
}

int erde_dnnl_operation_layout(const erde_dnnl_operation *operation, erde_dnnl_argument argument,
                               erde_dnnl_layout **layout) {
    const dnnl_memory_desc_t *description = dnnl_primitive_desc_query_md(operation->description, dnnl_query_exec_arg_md,
                                                                         erde_dnnl_argument_index(argument));
    return layout_copy(description, layout);
}

static int finish(const void *operation_description, const dnnl_primitive_attr_t attributes,
                  const erde_dnnl_machine *machine, const erde_dnnl_operation *forward,
                  erde_dnnl_operation **operation) {
    dnnl_primitive_desc_t description;
    dnnl_status_t status = dnnl_primitive_desc_create(&description, operation_description, attributes, machine->engine,
                                                      forward ? forward->description : NULL);
    return status == dnnl_success ? erde_dnnl_operation_finish(description, operation) : (int)status;
}

int erde_dnnl_scales_are_arguments(void) { return 0; }

int erde_dnnl_scales_argument(int argument) { return argument; }

dnnl_status_t erde_dnnl_set_scales(dnnl_primitive_attr_t attributes, const erde_dnnl_fusion *fusion) {
    return dnnl_primitive_attr_set_output_scales(attributes, fusion->scale_count, fusion->scale_count > 1 ? 1 << 1 : 0,
                                                 fusion->scales);
}

dnnl_status_t erde_dnnl_append_addend(dnnl_post_ops_t chain, const erde_dnnl_fusion *fusion) {
    return fusion->addend == ERDE_DNNL_RESULT_ADDEND
               ? dnnl_post_ops_append_sum(chain, erde_dnnl_addend_scale(fusion))
               : dnnl_post_ops_append_binary(chain, dnnl_binary_add, &fusion->addend_layout->description);
}

dnnl_status_t erde_dnnl_append_activation(dnnl_post_ops_t chain, const erde_dnnl_fusion *fusion) {
    return fusion->activation == ERDE_DNNL_RELU
               ? dnnl_post_ops_append_eltwise(chain, 1, dnnl_eltwise_relu, 0, 0)
               : dnnl_post_ops_append_eltwise(chain, 1, dnnl_eltwise_clip, fusion->lower, fusion->upper);
}

int erde_dnnl_reorder_create(erde_dnnl_machine *machine, const erde_dnnl_layout *from, const erde_dnnl_layout *to,
                             erde_dnnl_operation **operation) {
    dnnl_primitive_desc_t description;
    dnnl_status_t status = dnnl_reorder_primitive_desc_create(&description, &from->description, machine->engine,
                                                              &to->description, machine->engine, NULL);
    return status == dnnl_success ? erde_dnnl_operation_finish(description, operation) : (int)status;
}

int erde_dnnl_scaled_reorder_create(erde_dnnl_machine *machine, const erde_dnnl_layout *from, const erde_dnnl_layout *to,
                                    float scale, erde_dnnl_operation **operation) {
    dnnl_primitive_attr_t attributes;
    dnnl_status_t status = dnnl_primitive_attr_create(&attributes);
    if (status != dnnl_success) return status;
    status = dnnl_primitive_attr_set_output_scales(attributes, 1, 0, &scale);
    dnnl_primitive_desc_t description = NULL;
    if (status == dnnl_success)
        status = dnnl_reorder_primitive_desc_create(&description, &from->description, machine->engine, &to->description,
                                                    machine->engine, attributes);
    dnnl_primitive_attr_destroy(attributes);
    return status == dnnl_success ? erde_dnnl_operation_finish(description, operation) : (int)status;
}

int erde_dnnl_convolution_create(erde_dnnl_machine *machine, erde_dnnl_convolution_algorithm algorithm,
                                 erde_dnnl_mode mode, const erde_dnnl_layout *src,
                                 const erde_dnnl_layout *weights, const erde_dnnl_layout *bias,
                                 const erde_dnnl_layout *dst, const erde_dnnl_window *window,
                                 const erde_dnnl_fusion *fusion, erde_dnnl_operation **operation) {
    const erde_dnnl_extents extents = erde_dnnl_expand(window);
    dnnl_convolution_desc_t description;
    dnnl_status_t status = dnnl_dilated_convolution_forward_desc_init(
        &description, erde_dnnl_forward_kind(mode), erde_dnnl_algorithm(algorithm), &src->description,
        &weights->description, bias ? &bias->description : NULL, &dst->description, extents.strides, extents.dilations,
        extents.padding_begin, extents.padding_end);
    if (status != dnnl_success) return status;
    dnnl_primitive_attr_t attributes;
    int result = erde_dnnl_fusion_attributes(fusion, &attributes);
    if (result != dnnl_success) return result;
    result = finish(&description, attributes, machine, NULL, operation);
    dnnl_primitive_attr_destroy(attributes);
    return result;
}

int erde_dnnl_convolution_data_gradient_create(erde_dnnl_machine *machine, erde_dnnl_convolution_algorithm algorithm,
                                               const erde_dnnl_layout *diff_src, const erde_dnnl_layout *weights,
                                               const erde_dnnl_layout *diff_dst, const erde_dnnl_window *window,
                                               erde_dnnl_operation **operation) {
    erde_dnnl_operation *forward;
    int result = erde_dnnl_convolution_create(machine, algorithm, ERDE_DNNL_TRAINING, diff_src, weights, NULL, diff_dst,
                                              window, NULL, &forward);
    if (result != dnnl_success) return result;
    const erde_dnnl_extents extents = erde_dnnl_expand(window);
    dnnl_convolution_desc_t description;
    dnnl_status_t status = dnnl_dilated_convolution_backward_data_desc_init(
        &description, erde_dnnl_algorithm(algorithm), &diff_src->description, &weights->description,
        &diff_dst->description,
        extents.strides, extents.dilations, extents.padding_begin, extents.padding_end);
    dnnl_primitive_attr_t attributes = NULL;
    result = status == dnnl_success ? erde_dnnl_fusion_attributes(NULL, &attributes) : (int)status;
    if (result == dnnl_success) result = finish(&description, attributes, machine, forward, operation);
    if (attributes) dnnl_primitive_attr_destroy(attributes);
    erde_dnnl_operation_destroy(forward);
    return result;
}

int erde_dnnl_convolution_weight_gradient_create(erde_dnnl_machine *machine, erde_dnnl_convolution_algorithm algorithm,
                                                 const erde_dnnl_layout *src, const erde_dnnl_layout *weights,
                                                 const erde_dnnl_layout *diff_weights, const erde_dnnl_layout *diff_dst,
                                                 const erde_dnnl_window *window, erde_dnnl_operation **operation) {
    erde_dnnl_operation *forward;
    int result = erde_dnnl_convolution_create(machine, algorithm, ERDE_DNNL_TRAINING, src, weights, NULL, diff_dst, window,
                                              NULL, &forward);
    if (result != dnnl_success) return result;
    const erde_dnnl_extents extents = erde_dnnl_expand(window);
    dnnl_convolution_desc_t description;
    dnnl_status_t status = dnnl_dilated_convolution_backward_weights_desc_init(
        &description, erde_dnnl_algorithm(algorithm), &src->description, &diff_weights->description, NULL,
        &diff_dst->description, extents.strides, extents.dilations, extents.padding_begin, extents.padding_end);
    dnnl_primitive_attr_t attributes = NULL;
    result = status == dnnl_success ? erde_dnnl_fusion_attributes(NULL, &attributes) : (int)status;
    if (result == dnnl_success) result = finish(&description, attributes, machine, forward, operation);
    if (attributes) dnnl_primitive_attr_destroy(attributes);
    erde_dnnl_operation_destroy(forward);
    return result;
}

int erde_dnnl_matmul_create(erde_dnnl_machine *machine, const erde_dnnl_layout *src, const erde_dnnl_layout *weights,
                            const erde_dnnl_layout *bias, const erde_dnnl_layout *dst, erde_dnnl_operation **operation) {
    dnnl_matmul_desc_t description;
    dnnl_status_t status = dnnl_matmul_desc_init(&description, &src->description, &weights->description,
                                                 bias ? &bias->description : NULL, &dst->description);
    return status == dnnl_success ? finish(&description, NULL, machine, NULL, operation) : (int)status;
}

int erde_dnnl_pool_create(erde_dnnl_machine *machine, erde_dnnl_mode mode, erde_dnnl_pool_kind kind,
                          const erde_dnnl_layout *src, const erde_dnnl_layout *dst, const erde_dnnl_window *window,
                          erde_dnnl_operation **operation) {
    const erde_dnnl_extents extents = erde_dnnl_expand(window);
    dnnl_pooling_v2_desc_t description;
    dnnl_status_t status = dnnl_pooling_v2_forward_desc_init(
        &description, erde_dnnl_forward_kind(mode), erde_dnnl_pool_algorithm(kind), &src->description, &dst->description,
        extents.strides, extents.kernel, extents.dilations, extents.padding_begin, extents.padding_end);
    return status == dnnl_success ? finish(&description, NULL, machine, NULL, operation) : (int)status;
}

int erde_dnnl_pool_gradient_create(erde_dnnl_machine *machine, erde_dnnl_pool_kind kind,
                                   const erde_dnnl_layout *diff_src, const erde_dnnl_layout *diff_dst,
                                   const erde_dnnl_window *window, const erde_dnnl_operation *forward,
                                   erde_dnnl_operation **operation) {
    const erde_dnnl_extents extents = erde_dnnl_expand(window);
    dnnl_pooling_v2_desc_t description;
    dnnl_status_t status = dnnl_pooling_v2_backward_desc_init(
        &description, erde_dnnl_pool_algorithm(kind), &diff_src->description, &diff_dst->description, extents.strides,
        extents.kernel, extents.dilations, extents.padding_begin, extents.padding_end);
    return status == dnnl_success ? finish(&description, NULL, machine, forward, operation) : (int)status;
}

int erde_dnnl_normalization_create(erde_dnnl_machine *machine, erde_dnnl_mode mode, const erde_dnnl_layout *src,
                                   float epsilon, int relu, erde_dnnl_operation **operation) {
    dnnl_batch_normalization_desc_t description;
    dnnl_status_t status = dnnl_batch_normalization_forward_desc_init(
        &description, erde_dnnl_forward_kind(mode), &src->description, epsilon,
        erde_dnnl_normalization_flags(mode, relu));
    return status == dnnl_success ? finish(&description, NULL, machine, NULL, operation) : (int)status;
}

int erde_dnnl_normalization_gradient_create(erde_dnnl_machine *machine, const erde_dnnl_layout *src, float epsilon,
                                            int relu, const erde_dnnl_operation *forward,
                                            erde_dnnl_operation **operation) {
    dnnl_batch_normalization_desc_t description;
    dnnl_status_t status = dnnl_batch_normalization_backward_desc_init(
        &description, dnnl_backward, &src->description, &src->description, epsilon,
        erde_dnnl_normalization_flags(ERDE_DNNL_TRAINING, relu));
    return status == dnnl_success ? finish(&description, NULL, machine, forward, operation) : (int)status;
}

int erde_dnnl_activation_create(erde_dnnl_machine *machine, erde_dnnl_activation kind, float lower, float upper,
                                const erde_dnnl_layout *src, erde_dnnl_operation **operation) {
    dnnl_eltwise_desc_t description;
    // Only clip reads the bounds; 0 is what the others take for their own constants.
    int clips = kind == ERDE_DNNL_CLIP;
    dnnl_status_t status =
        dnnl_eltwise_forward_desc_init(&description, dnnl_forward_inference, erde_dnnl_activation_kind(kind),
                                       &src->description, clips ? lower : 0, clips ? upper : 0);
    return status == dnnl_success ? finish(&description, NULL, machine, NULL, operation) : (int)status;
}

int erde_dnnl_relu_gradient_create(erde_dnnl_machine *machine, const erde_dnnl_layout *dst,
                                   erde_dnnl_operation **operation) {
    dnnl_eltwise_desc_t forward_description;
    dnnl_status_t status = dnnl_eltwise_forward_desc_init(
        &forward_description, dnnl_forward_training, dnnl_eltwise_relu_use_dst_for_bwd, &dst->description, 0, 0);
    if (status != dnnl_success) return status;
    erde_dnnl_operation *forward;
    int result = finish(&forward_description, NULL, machine, NULL, &forward);
    if (result != dnnl_success) return result;
    dnnl_eltwise_desc_t description;
    status = dnnl_eltwise_backward_desc_init(&description, dnnl_eltwise_relu_use_dst_for_bwd, &dst->description,
                                             &dst->description, 0, 0);
    result = status == dnnl_success ? finish(&description, NULL, machine, forward, operation) : (int)status;
    erde_dnnl_operation_destroy(forward);
    return result;
}

int erde_dnnl_add_create(erde_dnnl_machine *machine, const erde_dnnl_layout *layout, erde_dnnl_operation **operation) {
    dnnl_binary_desc_t description;
    dnnl_status_t status = dnnl_binary_desc_init(&description, dnnl_binary_add, &layout->description,
                                                 &layout->description, &layout->description);
    return status == dnnl_success ? finish(&description, NULL, machine, NULL, operation) : (int)status;
}

int erde_dnnl_memory_create(erde_dnnl_machine *machine, const erde_dnnl_layout *layout, void *address,
                            erde_dnnl_memory **memory) {
    return dnnl_memory_create((dnnl_memory_t *)memory, &layout->description, machine->engine, address);
}

#endif
