/* For tests only: counts what a thread takes from the heap, and how often it counts a reference.
 *
 * A program that links this gets its malloc family from here, which counts and hands on to the C library's own.
 * Under a sanitizer, which brings a malloc of its own, no allocation is counted. */
#ifndef REEL_ALLOCATION_COUNTER_H
#define REEL_ALLOCATION_COUNTER_H

#include <stdbool.h>
#include <stdint.h>

/* Whether allocations are counted in this build. */
bool reel_allocations_are_counted(void);

/* How often the calling thread has taken or resized memory, and given it back. */
uint64_t reel_allocations(void);

/* How often code outside the Swift runtime has retained and released on the calling thread, one by one or several at
 * once. The program's retain and release are this target's, which count and hand on to the runtime's; what the runtime
 * does within itself is not seen. */
uint64_t reel_references(void);

#endif
