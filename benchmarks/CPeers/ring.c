#include <stdalign.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "peers.h"

/* A packet's samples come after a slot that tells of them, as in ours. */
typedef struct {
  int32_t count;
  uint32_t lost_before;
  int64_t position;
} header;

enum { slot_bytes = sizeof(header), slot_samples = slot_bytes / sizeof(int16_t) };

struct peer_ring {
  alignas(64) _Atomic uint64_t tail;
  uint64_t own_tail, tail_place, head_seen;
  uint32_t lost_before;
  uint64_t lost;
  alignas(64) _Atomic uint64_t head;
  uint64_t own_head, head_place;
  alignas(64) uint64_t capacity;
  unsigned char *slots;
};

peer_ring *peer_ring_make(size_t samples) {
  peer_ring *ring = aligned_alloc(64, sizeof *ring);
  memset(ring, 0, sizeof *ring);
  ring->capacity = samples / slot_samples + 2 * (samples / 80 + 1);
  size_t bytes = (ring->capacity * slot_bytes + 63) / 64 * 64;
  ring->slots = aligned_alloc(64, bytes);
  memset(ring->slots, 0, bytes);
  return ring;
}

void peer_ring_free(peer_ring *ring) {
  free(ring->slots);
  free(ring);
}

bool peer_ring_push(peer_ring *ring, const int16_t *samples, size_t count, int64_t position) {
  if (count == 0) return true;
  uint64_t needed = 1 + (count + slot_samples - 1) / slot_samples;
  uint64_t tail = ring->own_tail;
  if (tail + needed - ring->head_seen > ring->capacity) {
    ring->head_seen = atomic_load_explicit(&ring->head, memory_order_acquire);
    if (tail + needed - ring->head_seen > ring->capacity) {
      ring->lost += count;
      ring->lost_before += (uint32_t)count;
      return false;
    }
  }
  uint64_t place = ring->tail_place;
  header head = {(int32_t)count, ring->lost_before, position};
  ring->lost_before = 0;
  memcpy(ring->slots + place * slot_bytes, &head, sizeof head);
  uint64_t slot = place + 1 == ring->capacity ? 0 : place + 1;
  size_t most = (ring->capacity - slot) * slot_samples;
  size_t first = count < most ? count : most;
  memcpy(ring->slots + slot * slot_bytes, samples, first * sizeof *samples);
  if (first < count) memcpy(ring->slots, samples + first, (count - first) * sizeof *samples);
  uint64_t next = place + needed;
  ring->tail_place = next >= ring->capacity ? next - ring->capacity : next;
  ring->own_tail = tail + needed;
  atomic_store_explicit(&ring->tail, tail + needed, memory_order_release);
  return true;
}

size_t peer_ring_empty(peer_ring *ring) {
  uint64_t tail = atomic_load_explicit(&ring->tail, memory_order_acquire);
  size_t packets = 0;
  for (; ring->own_head != tail; packets++) {
    header head;
    memcpy(&head, ring->slots + ring->head_place * slot_bytes, sizeof head);
    uint64_t used = 1 + ((uint64_t)head.count + slot_samples - 1) / slot_samples;
    uint64_t next = ring->head_place + used;
    ring->head_place = next >= ring->capacity ? next - ring->capacity : next;
    ring->own_head += used;
  }
  atomic_store_explicit(&ring->head, tail, memory_order_release);
  return packets;
}
