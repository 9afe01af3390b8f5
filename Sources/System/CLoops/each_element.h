// Includes the loops of the file LOOPS once for each type of number: ELEMENT as it lies in memory, LOADED and STORE for 16 of them
// as float32, ONE and STORED_ONE for one. NAMED gives a loop the name of its type.
#include "vectors.h"

#define ELEMENT uint16_t
#define NAMED(loop) loop##_of_halves
#define LOADED WIDENED
#define STORE(pointer, value) (*(halves_anywhere *)(pointer) = NARROWED(value))
#define ONE widened
#define STORED_ONE narrowed
#include LOOPS
#undef ELEMENT
#undef NAMED
#undef LOADED
#undef STORE
#undef ONE
#undef STORED_ONE

#define ELEMENT float
#define NAMED(loop) loop##_of_floats
#define LOADED FLOATS
#define STORE(pointer, value) (*(floats_anywhere *)(pointer) = (value))
#define ONE(number) (number)
#define STORED_ONE(number) (number)
#include LOOPS
#undef ELEMENT
#undef NAMED
#undef LOADED
#undef STORE
#undef ONE
#undef STORED_ONE
#undef LOOPS
