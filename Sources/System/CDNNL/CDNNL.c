// What both versions share; what differs is in version2.c and version3.c.
#define _GNU_SOURCE
#include "internal.h"

#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

extern void omp_set_num_threads(int) __attribute__((weak));
extern int omp_get_thread_num(void) __attribute__((weak));
extern int omp_get_num_threads(void) __attribute__((weak));
// What GCC compiles a parallel region to: all threads of the team call the function.
extern void GOMP_parallel(void (*)(void *), void *, unsigned, unsigned) __attribute__((weak));

const char *erde_dnnl_status_name(int status) {
    switch (status) {
        case dnnl_success: return "success";
        case dnnl_out_of_memory: return "out of memory";
        case dnnl_invalid_arguments: return "invalid arguments";
        case dnnl_unimplemented: return "unimplemented";
        case dnnl_runtime_error: return "runtime error";
        default: return "unknown status";
    }
}

void erde_dnnl_version(int *major, int *minor, int *patch) {
    const dnnl_version_t *version = dnnl_version();
    *major = version->major;
    *minor = version->minor;
    *patch = version->patch;
}

int erde_dnnl_processors(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
    return (int)sysconf(_SC_NPROCESSORS_ONLN);
}

erde_dnnl_bfloat16 erde_dnnl_bfloat16_support(void) {
    // The library numbers instruction sets so that one contains those whose bits it has.
    const unsigned isa = (unsigned)dnnl_get_effective_cpu_isa();
    const unsigned native = (unsigned)dnnl_cpu_isa_avx512_core_bf16, emulated = (unsigned)dnnl_cpu_isa_avx512_core;
    if ((isa & native) == native) return ERDE_DNNL_BFLOAT16_NATIVE;
    return (isa & emulated) == emulated ? ERDE_DNNL_BFLOAT16_EMULATED : ERDE_DNNL_BFLOAT16_NONE;
}

int erde_dnnl_has_tiles(void) {
    const unsigned isa = (unsigned)dnnl_get_effective_cpu_isa(), tiles = (unsigned)dnnl_cpu_isa_avx512_core_amx;
    return (isa & tiles) == tiles;
}

erde_dnnl_int8 erde_dnnl_int8_support(void) {
    const unsigned isa = (unsigned)dnnl_get_effective_cpu_isa();
    const unsigned wide = (unsigned)dnnl_cpu_isa_avx512_core_vnni, narrow = (unsigned)dnnl_cpu_isa_avx2_vnni;
    const unsigned older = (unsigned)dnnl_cpu_isa_sse41;
    if ((isa & wide) == wide || (isa & narrow) == narrow) return ERDE_DNNL_INT8_NATIVE;
    return (isa & older) == older ? ERDE_DNNL_INT8_SATURATING : ERDE_DNNL_INT8_PLAIN;
}

void erde_dnnl_set_threads(int threads) {
    if (omp_set_num_threads) omp_set_num_threads(threads);
}

typedef struct {
    int parts;
    void (*body)(void *context, int part);
    void *context;
} erde_dnnl_parts;

static void erde_dnnl_run_own_parts(void *argument) {
    const erde_dnnl_parts *work = argument;
    const int step = omp_get_num_threads();
    for (int part = omp_get_thread_num(); part < work->parts; part += step) work->body(work->context, part);
}

int erde_dnnl_run_parts(int threads, int parts, void (*body)(void *context, int part), void *context) {
    if (!GOMP_parallel || !omp_get_thread_num || !omp_get_num_threads) return 0;
    erde_dnnl_parts work = {parts, body, context};
    // Always the whole team: a smaller one would end threads that the next operation had to start again.
    GOMP_parallel(erde_dnnl_run_own_parts, &work, (unsigned)threads, 0);
    return 1;
}

int erde_dnnl_machine_create(erde_dnnl_machine **machine) {
    erde_dnnl_machine *made = calloc(1, sizeof *made);
    if (!made) return dnnl_out_of_memory;
    dnnl_status_t status = dnnl_engine_create(&made->engine, dnnl_cpu, 0);
    if (status == dnnl_success) status = dnnl_stream_create(&made->stream, made->engine, dnnl_stream_default_flags);
    if (status != dnnl_success) {
        erde_dnnl_machine_destroy(made);
        return status;
    }
    *machine = made;
    return status;
}

void erde_dnnl_machine_destroy(erde_dnnl_machine *machine) {
    if (!machine) return;
    if (machine->stream) dnnl_stream_destroy(machine->stream);
    if (machine->engine) dnnl_engine_destroy(machine->engine);
    free(machine->scratchpad);
    free(machine);
}

int erde_dnnl_wait(erde_dnnl_machine *machine) { return dnnl_stream_wait(machine->stream); }

dnnl_data_type_t erde_dnnl_data_type(erde_dnnl_type type) {
    switch (type) {
        case ERDE_DNNL_FLOAT32: return dnnl_f32;
        case ERDE_DNNL_BFLOAT16: return dnnl_bf16;
        case ERDE_DNNL_INT32: return dnnl_s32;
        case ERDE_DNNL_INT8: return dnnl_s8;
        case ERDE_DNNL_UINT8: return dnnl_u8;
    }
    return dnnl_data_type_undef;
}

erde_dnnl_type erde_dnnl_known_type(dnnl_data_type_t type) {
    switch (type) {
        case dnnl_bf16: return ERDE_DNNL_BFLOAT16;
        case dnnl_s32: return ERDE_DNNL_INT32;
        case dnnl_s8: return ERDE_DNNL_INT8;
        case dnnl_u8: return ERDE_DNNL_UINT8;
        default: return ERDE_DNNL_FLOAT32;
    }
}

int erde_dnnl_argument_index(erde_dnnl_argument argument) {
    switch (argument) {
        case ERDE_DNNL_SRC: return DNNL_ARG_SRC;
        case ERDE_DNNL_SRC_1: return DNNL_ARG_SRC_1;
        case ERDE_DNNL_DST: return DNNL_ARG_DST;
        case ERDE_DNNL_WEIGHTS: return DNNL_ARG_WEIGHTS;
        case ERDE_DNNL_BIAS: return DNNL_ARG_BIAS;
        case ERDE_DNNL_MEAN: return DNNL_ARG_MEAN;
        case ERDE_DNNL_VARIANCE: return DNNL_ARG_VARIANCE;
        case ERDE_DNNL_SCALE: return DNNL_ARG_SCALE;
        case ERDE_DNNL_SHIFT: return DNNL_ARG_SHIFT;
        case ERDE_DNNL_WORKSPACE: return DNNL_ARG_WORKSPACE;
        case ERDE_DNNL_DIFF_SRC: return DNNL_ARG_DIFF_SRC;
        case ERDE_DNNL_DIFF_DST: return DNNL_ARG_DIFF_DST;
        case ERDE_DNNL_DIFF_WEIGHTS: return DNNL_ARG_DIFF_WEIGHTS;
        case ERDE_DNNL_DIFF_SCALE: return DNNL_ARG_DIFF_SCALE;
        case ERDE_DNNL_DIFF_SHIFT: return DNNL_ARG_DIFF_SHIFT;
        case ERDE_DNNL_POST_OP_ADD: return DNNL_ARG_ATTR_MULTIPLE_POST_OP(0) | DNNL_ARG_SRC_1;
        case ERDE_DNNL_SRC_SCALES: return erde_dnnl_scales_argument(DNNL_ARG_SRC);
        case ERDE_DNNL_WEIGHTS_SCALES: return erde_dnnl_scales_argument(DNNL_ARG_WEIGHTS);
    }
    return -1;
}

// Makes a memory, without an address yet, for the scratchpad that an operation wants of its caller.
static dnnl_status_t erde_dnnl_describe_scratchpad(erde_dnnl_operation *operation) {
    operation->scratchpad_size = dnnl_memory_desc_get_size(
        dnnl_primitive_desc_query_md(operation->description, dnnl_query_scratchpad_md, 0));
    if (operation->scratchpad_size == 0) return dnnl_success;
    dnnl_engine_t engine;
    dnnl_status_t status = dnnl_primitive_desc_query(operation->description, dnnl_query_engine, 0, &engine);
    if (status != dnnl_success) return status;
    return dnnl_memory_create(&operation->scratchpad,
                              dnnl_primitive_desc_query_md(operation->description, dnnl_query_scratchpad_md, 0), engine,
                              DNNL_MEMORY_NONE);
}

// Puts the machine's scratchpad, grown if it is too small, under the operation's.
static dnnl_status_t erde_dnnl_lend_scratchpad(erde_dnnl_machine *machine, const erde_dnnl_operation *operation) {
    if (machine->scratchpad_size < operation->scratchpad_size) {
        const size_t page = 4096, size = (operation->scratchpad_size + page - 1) / page * page;
        void *grown = aligned_alloc(page, size);
        if (!grown) return dnnl_out_of_memory;
        free(machine->scratchpad);
        machine->scratchpad = grown;
        machine->scratchpad_size = size;
    }
    return dnnl_memory_set_data_handle(operation->scratchpad, machine->scratchpad);
}

int erde_dnnl_operation_finish(dnnl_primitive_desc_t description, erde_dnnl_operation **operation) {
    erde_dnnl_operation *made = calloc(1, sizeof *made);
    if (!made) {
        dnnl_primitive_desc_destroy(description);
        return dnnl_out_of_memory;
    }
    made->description = description;
    dnnl_status_t status = dnnl_primitive_create(&made->primitive, description);
    if (status == dnnl_success) status = erde_dnnl_describe_scratchpad(made);
    if (status != dnnl_success) {
        erde_dnnl_operation_destroy(made);
        return status;
    }
    *operation = made;
    return status;
}

void erde_dnnl_operation_destroy(erde_dnnl_operation *operation) {
    if (!operation) return;
    if (operation->scratchpad) dnnl_memory_destroy(operation->scratchpad);
    if (operation->primitive) dnnl_primitive_destroy(operation->primitive);
    if (operation->description) dnnl_primitive_desc_destroy(operation->description);
    free(operation);
}

const char *erde_dnnl_operation_implementation(const erde_dnnl_operation *operation) {
    const char *name = NULL;
    dnnl_status_t status = dnnl_primitive_desc_query(operation->description, dnnl_query_impl_info_str, 0, &name);
    return status == dnnl_success && name ? name : "unknown";
}

int erde_dnnl_fusion_attributes(const erde_dnnl_fusion *fusion, dnnl_primitive_attr_t *attributes) {
    *attributes = NULL;
    const int fuses = fusion && (fusion->addend != ERDE_DNNL_NO_ADDEND || fusion->has_activation || fusion->scales);
    dnnl_post_ops_t chain = NULL;
    dnnl_status_t status = dnnl_primitive_attr_create(attributes);
    if (status == dnnl_success) status = dnnl_primitive_attr_set_scratchpad_mode(*attributes, dnnl_scratchpad_mode_user);
    if (status == dnnl_success && !fuses) return status;
    if (status == dnnl_success && fusion->scales) status = erde_dnnl_set_scales(*attributes, fusion);
    if (status == dnnl_success) status = dnnl_post_ops_create(&chain);
    if (status == dnnl_success && fusion->addend != ERDE_DNNL_NO_ADDEND) status = erde_dnnl_append_addend(chain, fusion);
    if (status == dnnl_success && fusion->has_activation) status = erde_dnnl_append_activation(chain, fusion);
    if (status == dnnl_success) status = dnnl_primitive_attr_set_post_ops(*attributes, chain);
    if (chain) dnnl_post_ops_destroy(chain);
    if (status != dnnl_success && *attributes) {
        dnnl_primitive_attr_destroy(*attributes);
        *attributes = NULL;
    }
    return status;
}

void erde_dnnl_memory_destroy(erde_dnnl_memory *memory) {
    if (memory) dnnl_memory_destroy((dnnl_memory_t)memory);
}

int erde_dnnl_execute(erde_dnnl_machine *machine, const erde_dnnl_operation *operation, int count,
                      const erde_dnnl_binding *bindings) {
    enum { most = 16 };
    dnnl_exec_arg_t arguments[most + 1];
    if (count > most) return dnnl_invalid_arguments;
    for (int i = 0; i < count; i++) {
        arguments[i].arg = erde_dnnl_argument_index(bindings[i].argument);
        arguments[i].memory = (dnnl_memory_t)bindings[i].memory;
    }
    if (operation->scratchpad) {
        dnnl_status_t status = erde_dnnl_lend_scratchpad(machine, operation);
        if (status != dnnl_success) return status;
        arguments[count].arg = DNNL_ARG_SCRATCHPAD;
        arguments[count++].memory = operation->scratchpad;
    }
    return dnnl_primitive_execute(operation->primitive, machine->stream, count, arguments);
}
