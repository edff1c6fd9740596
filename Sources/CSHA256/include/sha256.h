/* The rounds of SHA-256 (FIPS 180-4) by the processor's own instructions, where it has them. */
#ifndef REEL_SHA256_H
#define REEL_SHA256_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether this processor can run reel_sha256_compress. Asking takes long, under a hypervisor above all, so that the
 * answer, which does not change, is to be kept. */
bool reel_sha256_is_native(void);

/* Takes `count` blocks of 64 bytes, which may begin at any address, into the state: a to h.
 *
 * Only where reel_sha256_is_native() is true; elsewhere it ends the process. */
void reel_sha256_compress(uint32_t state[8], const uint8_t *blocks, size_t count);

#endif
