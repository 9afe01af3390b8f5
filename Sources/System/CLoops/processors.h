#pragma once

// Compiles a function once for each of the named extensions and once for any processor; the best is taken at run time.
#if defined(__x86_64__) && defined(__clang__)
#define COMPILED_FOR(...) __attribute__((target_clones(__VA_ARGS__, "default")))
#else
#define COMPILED_FOR(...)
#endif
