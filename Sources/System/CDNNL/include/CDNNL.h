// oneDNN behind one C interface, the same for versions 2 and 3 of the library.
//
// Every function that can fail returns a dnnl_status_t as int (0 is success). Layouts and operations are opaque and owned
// by the caller, who destroys each once.
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef struct erde_dnnl_machine erde_dnnl_machine;      // CPU engine and stream
typedef struct erde_dnnl_layout erde_dnnl_layout;        // how a tensor lies in memory
typedef struct erde_dnnl_operation erde_dnnl_operation;  // a compiled primitive
typedef struct erde_dnnl_memory erde_dnnl_memory;        // a layout at an address

typedef enum {
    ERDE_DNNL_FLOAT32,
    ERDE_DNNL_BFLOAT16,
    ERDE_DNNL_INT32,
    ERDE_DNNL_INT8,
    ERDE_DNNL_UINT8,
} erde_dnnl_type;

typedef enum { ERDE_DNNL_INFERENCE, ERDE_DNNL_TRAINING } erde_dnnl_mode;

typedef enum { ERDE_DNNL_MAX_POOL, ERDE_DNNL_AVERAGE_POOL, ERDE_DNNL_AVERAGE_POOL_WITH_PADDING } erde_dnnl_pool_kind;

typedef enum { ERDE_DNNL_RELU, ERDE_DNNL_CLIP, ERDE_DNNL_SIGMOID } erde_dnnl_activation;

// Names of execution arguments; values are the library's own.
typedef enum {
    ERDE_DNNL_SRC,
    ERDE_DNNL_SRC_1,
    ERDE_DNNL_DST,
    ERDE_DNNL_WEIGHTS,
    ERDE_DNNL_BIAS,
    ERDE_DNNL_MEAN,
    ERDE_DNNL_VARIANCE,
    ERDE_DNNL_SCALE,
    ERDE_DNNL_SHIFT,
    ERDE_DNNL_WORKSPACE,
    ERDE_DNNL_DIFF_SRC,
    ERDE_DNNL_DIFF_DST,
    ERDE_DNNL_DIFF_WEIGHTS,
    ERDE_DNNL_DIFF_SCALE,
    ERDE_DNNL_DIFF_SHIFT,
    ERDE_DNNL_POST_OP_ADD,
    // What an integer operand is multiplied by, where erde_dnnl_scales_are_arguments.
    ERDE_DNNL_SRC_SCALES,
    ERDE_DNNL_WEIGHTS_SCALES,
} erde_dnnl_argument;

// The window of a convolution or pooling: height first.
typedef struct {
    int64_t kernel[2];
    int64_t strides[2];
    int64_t dilations[2];  // 1 is dense
    int64_t padding_begin[2];
    int64_t padding_end[2];
} erde_dnnl_window;

const char *erde_dnnl_status_name(int status);
void erde_dnnl_version(int *major, int *minor, int *patch);
// Processors that this process may use.
int erde_dnnl_processors(void);
// How this processor computes with bfloat16: with instructions of its own, slowly through float32, or not at all.
typedef enum {
    ERDE_DNNL_BFLOAT16_NONE,
    ERDE_DNNL_BFLOAT16_EMULATED,
    ERDE_DNNL_BFLOAT16_NATIVE,
} erde_dnnl_bfloat16;
erde_dnnl_bfloat16 erde_dnnl_bfloat16_support(void);
// Whether the processor has matrix tiles (AMX), and the library has asked the system for them.
int erde_dnnl_has_tiles(void);
// How this processor multiplies bytes: with instructions that sum in 32 bits (VNNI, AMX), with older ones whose sums of
// two products saturate at 16 bits, or in plain loops.
typedef enum {
    ERDE_DNNL_INT8_PLAIN,
    ERDE_DNNL_INT8_SATURATING,
    ERDE_DNNL_INT8_NATIVE,
} erde_dnnl_int8;
erde_dnnl_int8 erde_dnnl_int8_support(void);
// Version 3 takes scales as arguments when it runs, those of a convolution with its weights, so that the bias is in units
// of the result. Version 2 takes them when the operation is made and scales the sum of products and bias.
int erde_dnnl_scales_are_arguments(void);
// Sets the worker threads of the calling thread's later executions.
void erde_dnnl_set_threads(int threads);
// Calls `body` with 0, 1, … up to parts - 1, several at once, on the threads that execute operations: they are awake, and others
// would take their processors away. 0 when the library does not work with such threads, and nothing was called.
int erde_dnnl_run_parts(int threads, int parts, void (*body)(void *context, int part), void *context);

int erde_dnnl_machine_create(erde_dnnl_machine **machine);
void erde_dnnl_machine_destroy(erde_dnnl_machine *machine);
int erde_dnnl_wait(erde_dnnl_machine *machine);

// A row-major layout. With strides (in elements) given, those instead.
int erde_dnnl_layout_create(erde_dnnl_layout **layout, int rank, const int64_t *dimensions, erde_dnnl_type type,
                            const int64_t *strides);
// A layout that the operation may choose.
int erde_dnnl_layout_create_any(erde_dnnl_layout **layout, int rank, const int64_t *dimensions, erde_dnnl_type type);
// The same for fewer images: the layout of the first `count` along dimension 0.
int erde_dnnl_layout_create_part(erde_dnnl_layout **layout, const erde_dnnl_layout *whole, int64_t count);
void erde_dnnl_layout_destroy(erde_dnnl_layout *layout);
int erde_dnnl_layout_equal(const erde_dnnl_layout *a, const erde_dnnl_layout *b);
erde_dnnl_type erde_dnnl_layout_type(const erde_dnnl_layout *layout);
size_t erde_dnnl_layout_size(const erde_dnnl_layout *layout);

// The layout an operation wants for an argument; its size is 0 when the argument is not used.
int erde_dnnl_operation_layout(const erde_dnnl_operation *operation, erde_dnnl_argument argument,
                               erde_dnnl_layout **layout);
// The implementation's name, for profiles.
const char *erde_dnnl_operation_implementation(const erde_dnnl_operation *operation);
void erde_dnnl_operation_destroy(erde_dnnl_operation *operation);

int erde_dnnl_reorder_create(erde_dnnl_machine *machine, const erde_dnnl_layout *from, const erde_dnnl_layout *to,
                             erde_dnnl_operation **operation);
// The same, with every element multiplied by `scale`, rounded to the nearest and saturated where `to` holds integers.
int erde_dnnl_scaled_reorder_create(erde_dnnl_machine *machine, const erde_dnnl_layout *from, const erde_dnnl_layout *to,
                                    float scale, erde_dnnl_operation **operation);

// What is done to a convolution's result before it is written: scales where its operands are integers, an addition, then
// an activation.
typedef enum {
    ERDE_DNNL_NO_ADDEND,
    ERDE_DNNL_OTHER_ADDEND,   // POST_OP_ADD, of the result's layout
    ERDE_DNNL_RESULT_ADDEND,  // what the result's memory holds before
} erde_dnnl_addend;

typedef struct {
    erde_dnnl_addend addend;
    const erde_dnnl_layout *addend_layout;  // of OTHER_ADDEND
    int has_activation;
    erde_dnnl_activation activation;
    float lower, upper;  // of CLIP
    float addend_scale;  // of RESULT_ADDEND; 0 stands for 1
    const float *scales;  // of integer operands: one, or one for each output channel; NULL for none
    int scale_count;
    int is_grouped;
} erde_dnnl_fusion;

// How a convolution is computed. Winograd's minimal filtering (Lavin and Gray, 2016) multiplies less and rounds more; not
// every library, processor and window has it.
typedef enum {
    ERDE_DNNL_DIRECT,
    ERDE_DNNL_WINOGRAD,
} erde_dnnl_convolution_algorithm;

int erde_dnnl_convolution_create(erde_dnnl_machine *machine, erde_dnnl_convolution_algorithm algorithm,
                                 erde_dnnl_mode mode, const erde_dnnl_layout *src,
                                 const erde_dnnl_layout *weights, const erde_dnnl_layout *bias,
                                 const erde_dnnl_layout *dst, const erde_dnnl_window *window,
                                 const erde_dnnl_fusion *fusion, erde_dnnl_operation **operation);
int erde_dnnl_convolution_data_gradient_create(erde_dnnl_machine *machine, erde_dnnl_convolution_algorithm algorithm,
                                               const erde_dnnl_layout *diff_src, const erde_dnnl_layout *weights,
                                               const erde_dnnl_layout *diff_dst, const erde_dnnl_window *window,
                                               erde_dnnl_operation **operation);
// `weights` are those of the forward convolution, of the images' type; their gradient may have another.
int erde_dnnl_convolution_weight_gradient_create(erde_dnnl_machine *machine, erde_dnnl_convolution_algorithm algorithm,
                                                 const erde_dnnl_layout *src, const erde_dnnl_layout *weights,
                                                 const erde_dnnl_layout *diff_weights, const erde_dnnl_layout *diff_dst,
                                                 const erde_dnnl_window *window, erde_dnnl_operation **operation);

// dst = src · weights (+ bias): plain matrices, transposed by their strides.
int erde_dnnl_matmul_create(erde_dnnl_machine *machine, const erde_dnnl_layout *src, const erde_dnnl_layout *weights,
                            const erde_dnnl_layout *bias, const erde_dnnl_layout *dst, erde_dnnl_operation **operation);

int erde_dnnl_pool_create(erde_dnnl_machine *machine, erde_dnnl_mode mode, erde_dnnl_pool_kind kind,
                          const erde_dnnl_layout *src, const erde_dnnl_layout *dst, const erde_dnnl_window *window,
                          erde_dnnl_operation **operation);
// `forward` is the training-mode operation whose gradient this is.
int erde_dnnl_pool_gradient_create(erde_dnnl_machine *machine, erde_dnnl_pool_kind kind,
                                   const erde_dnnl_layout *diff_src, const erde_dnnl_layout *diff_dst,
                                   const erde_dnnl_window *window, const erde_dnnl_operation *forward,
                                   erde_dnnl_operation **operation);

// Inference mode reads mean and variance; training mode writes them. With relu, max(·, 0) follows.
int erde_dnnl_normalization_create(erde_dnnl_machine *machine, erde_dnnl_mode mode, const erde_dnnl_layout *src,
                                   float epsilon, int relu, erde_dnnl_operation **operation);
int erde_dnnl_normalization_gradient_create(erde_dnnl_machine *machine, const erde_dnnl_layout *src, float epsilon,
                                            int relu, const erde_dnnl_operation *forward,
                                            erde_dnnl_operation **operation);

int erde_dnnl_activation_create(erde_dnnl_machine *machine, erde_dnnl_activation kind, float lower, float upper,
                                const erde_dnnl_layout *src, erde_dnnl_operation **operation);
// Gradient of max(x, 0) from its result.
int erde_dnnl_relu_gradient_create(erde_dnnl_machine *machine, const erde_dnnl_layout *dst,
                                   erde_dnnl_operation **operation);

// src + src_1, equal layouts.
int erde_dnnl_add_create(erde_dnnl_machine *machine, const erde_dnnl_layout *layout, erde_dnnl_operation **operation);

int erde_dnnl_memory_create(erde_dnnl_machine *machine, const erde_dnnl_layout *layout, void *address,
                            erde_dnnl_memory **memory);
void erde_dnnl_memory_destroy(erde_dnnl_memory *memory);

typedef struct {
    erde_dnnl_argument argument;
    erde_dnnl_memory *memory;
} erde_dnnl_binding;

int erde_dnnl_execute(erde_dnnl_machine *machine, const erde_dnnl_operation *operation, int count,
                      const erde_dnnl_binding *bindings);
