// Counts the program's large requests for memory, by standing in front of the C library's.
#pragma once

#include <stddef.h>

// Requests of at least this many bytes are counted; libraries make small ones for their bookkeeping.
#define ERDE_LARGE_ALLOCATION 16384

// Large requests by the calling thread so far.
long erde_large_allocations(void);
