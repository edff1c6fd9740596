/* The kernels of ReelAudio as a C programmer would write them, for the benchmark to stand beside. */
#ifndef REEL_BENCHMARK_PEERS_H
#define REEL_BENCHMARK_PEERS_H

#include <stddef.h>
#include <stdint.h>

void peer_mix(const int16_t *a, const int16_t *b, int16_t *out, size_t count);
void peer_interleave(const int16_t *left, const int16_t *right, int16_t *out, size_t count);
void peer_split(const int16_t *frames, int16_t *left, int16_t *right, size_t count);
uint64_t peer_sum_of_squares(const int16_t *samples, size_t count);

#endif
