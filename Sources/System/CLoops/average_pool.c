#include "CLoops.h"

#include "processors.h"

#define LOOPS "average_pool_rows.h"
#include "each_element.h"

void erde_average_pool_rows(const erde_average_pool *work, const void *x, void *y, size_t first, size_t end) {
    switch (work->element) {
    case ERDE_BFLOAT16: return pool_of_halves(work, x, y, first, end);
    case ERDE_FLOAT32: return pool_of_floats(work, x, y, first, end);
    }
}
