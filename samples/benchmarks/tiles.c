// What matrix tiles can do at most: one thread, operands in the nearest cache. Prints nanoseconds and the rate that they allow.
//
//     cc -O2 -mamx-tile -mamx-bf16 tiles.c -o tiles && ./tiles
#include <immintrin.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 1000000, ASK_FOR_STATE = 0x1023, TILE_DATA = 18, MULTIPLICATIONS = 16 * 16 * 32 };

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec * 1e-9;
}

int main(void) {
    struct {
        uint8_t palette, start_row, reserved[14];
        uint16_t bytes_per_row[16];
        uint8_t rows[16];
    } configuration;
    static char operands[4][1024] __attribute__((aligned(64)));
    if (syscall(SYS_arch_prctl, ASK_FOR_STATE, TILE_DATA) != 0) {
        fputs("tiles: the system gives no tiles\n", stderr);
        return 69;
    }
    memset(&configuration, 0, sizeof configuration);
    configuration.palette = 1;
    for (int tile = 0; tile < 8; tile++) {
        configuration.rows[tile] = 16;
        configuration.bytes_per_row[tile] = 64;
    }
    _tile_loadconfig(&configuration);
    for (int repeat = 0; repeat < 5; repeat++) {
        double start = now();
        for (int round = 0; round < ROUNDS; round++) {
            _tile_dpbf16ps(0, 4, 6);
            _tile_dpbf16ps(1, 4, 7);
            _tile_dpbf16ps(2, 5, 6);
            _tile_dpbf16ps(3, 5, 7);
        }
        const double products = (now() - start) / ROUNDS / 4;
        start = now();
        for (int round = 0; round < ROUNDS; round++) {
            _tile_loadd(4, operands[0], 64);
            _tile_loadd(6, operands[2], 64);
            _tile_dpbf16ps(0, 4, 6);
            _tile_loadd(7, operands[3], 64);
            _tile_dpbf16ps(1, 4, 7);
            _tile_loadd(5, operands[1], 64);
            _tile_dpbf16ps(2, 5, 6);
            _tile_dpbf16ps(3, 5, 7);
        }
        const double both = (now() - start) / ROUNDS / 4;
        printf("a product %.1f ns, with a load %.1f ns: %.0f GMAC/s\n", products * 1e9, both * 1e9, MULTIPLICATIONS / both / 1e9);
    }
    _tile_release();
    return 0;
}
