#pragma once

// Vectors of 16 numbers in float32, and how they are read from and written to memory.
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef float floats __attribute__((vector_size(64)));
typedef uint32_t words __attribute__((vector_size(64)));
typedef uint16_t halves __attribute__((vector_size(32)));
// The same at any address.
typedef floats floats_anywhere __attribute__((aligned(4), may_alias));
typedef halves halves_anywhere __attribute__((aligned(2), may_alias));

enum { LANES = 16 };

#define FLOATS(pointer) (*(const floats_anywhere *)(pointer))
#define ZERO ((floats){0})
// 16 numbers in bfloat16, the upper halves of float32.
#define WIDENED(pointer) ((floats)(__builtin_convertvector(*(const halves_anywhere *)(pointer), words) << 16))
// To the nearest, ties to even; what is not a number stays so.
#define NARROWED(value)                                                                                               \
    __extension__({                                                                                                   \
        const floats number = (value);                                                                                \
        const words bits = (words)number, odd = (bits >> 16) & 1, invalid = (words)(number != number);                \
        const words nearest = (bits + 0x7FFF + odd) >> 16;                                                            \
        __builtin_convertvector((invalid & 0x7FC0) | (~invalid & nearest), halves);                                   \
    })
// Where a mask is set, else zero.
#define KEPT(mask, value) ((floats)((words)(mask) & (words)(value)))

static inline float widened(uint16_t half) {
    const uint32_t bits = (uint32_t)half << 16;
    float number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

static inline uint16_t narrowed(float number) {
    uint32_t bits;
    memcpy(&bits, &number, sizeof bits);
    return number != number ? 0x7FC0 : (uint16_t)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
}
