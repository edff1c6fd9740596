/* The kernels of ReelAudio and the ring of ReelRealtime as a C programmer would write them, for the benchmark to stand
 * beside. */
#ifndef REEL_BENCHMARK_PEERS_H
#define REEL_BENCHMARK_PEERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void peer_mix(const int16_t *a, const int16_t *b, int16_t *out, size_t count);
void peer_interleave(const int16_t *left, const int16_t *right, int16_t *out, size_t count);
void peer_split(const int16_t *frames, int16_t *left, int16_t *right, size_t count);
uint64_t peer_sum_of_squares(const int16_t *samples, size_t count);

/* A ring of packets from one thread to another. */
typedef struct peer_ring peer_ring;

peer_ring *peer_ring_make(size_t samples);
void peer_ring_free(peer_ring *ring);
/* Out of line, as a library's would be. Gives whether there was room. */
bool peer_ring_push(peer_ring *ring, const int16_t *samples, size_t count, int64_t position);
/* Takes every packet out without looking at its samples; gives how many. */
size_t peer_ring_empty(peer_ring *ring);

#endif
