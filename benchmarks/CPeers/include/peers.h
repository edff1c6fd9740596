/* The kernels of ReelAudio, the ring of ReelRealtime and bare loops round the encoders as a C programmer would write
 * them, for the benchmark to stand beside. */
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

/* What an encoder is asked for. */
typedef struct {
  int hz, channels, kilobits;
} peer_stream;

/* Encode so many frames (of all channels) and throw away what comes of it: libmp3lame in pieces of 20 ms, libavcodec's
 * AAC with the coder `fast` in its own. Give the bytes that were made, -1 where the encoder is not there or failed. */
int64_t peer_lame(const int16_t *samples, size_t frames, peer_stream stream, int quality);
int64_t peer_aac(const int16_t *samples, size_t frames, peer_stream stream);

#endif
