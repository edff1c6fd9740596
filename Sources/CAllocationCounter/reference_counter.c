#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdatomic.h>
#include <stddef.h>

#include "allocation_counter.h"

/* The runtime's own hooks, the pointers `_swift_retain` and so on, can't be used: with them on, Swift 6.3 takes the
 * object out of its bits before it asks whether these are one, and a short string's are not. */

static _Thread_local uint64_t count;

/* A function that counts and hands on to the next of its name, found when it is first called. Threads may do that at
 * once, and then find the same. */
#define COUNTED(result, name, parameters, arguments)                          \
  result name parameters {                                                    \
    static _Atomic(void *) found;                                             \
    void *next = atomic_load_explicit(&found, memory_order_relaxed);          \
    if (next == NULL) {                                                       \
      next = dlsym(RTLD_NEXT, #name);                                         \
      atomic_store_explicit(&found, next, memory_order_relaxed);              \
    }                                                                         \
    count++;                                                                  \
    return ((result(*) parameters)next) arguments;                            \
  }

COUNTED(void *, swift_retain, (void *object), (object))
COUNTED(void *, swift_retain_n, (void *object, uint32_t times), (object, times))
COUNTED(void *, swift_tryRetain, (void *object), (object))
COUNTED(void *, swift_bridgeObjectRetain, (void *object), (object))
COUNTED(void *, swift_bridgeObjectRetain_n, (void *object, int times), (object, times))
COUNTED(void *, swift_unownedRetainStrong, (void *object), (object))
COUNTED(void *, swift_weakLoadStrong, (void *weak), (weak))
COUNTED(void, swift_release, (void *object), (object))
COUNTED(void, swift_release_n, (void *object, uint32_t times), (object, times))
COUNTED(void, swift_bridgeObjectRelease, (void *object), (object))
COUNTED(void, swift_bridgeObjectRelease_n, (void *object, int times), (object, times))

uint64_t reel_references(void) { return count; }
