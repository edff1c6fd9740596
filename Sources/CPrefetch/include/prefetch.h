// Asks the processor for memory that will be wanted soon. An address where nothing is any more is no harm.
#pragma once

static inline void reel_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }
