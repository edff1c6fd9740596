#include "peers.h"

void peer_mix(const int16_t *a, const int16_t *b, int16_t *out, size_t count) {
  for (size_t i = 0; i < count; i++) {
    int32_t sum = (int32_t)a[i] + (int32_t)b[i];
    out[i] = (int16_t)(sum > INT16_MAX ? INT16_MAX : sum < INT16_MIN ? INT16_MIN : sum);
  }
}

void peer_interleave(const int16_t *left, const int16_t *right, int16_t *out, size_t count) {
  for (size_t i = 0; i < count; i++) {
    out[2 * i] = left[i];
    out[2 * i + 1] = right[i];
  }
}

void peer_split(const int16_t *frames, int16_t *left, int16_t *right, size_t count) {
  for (size_t i = 0; i < count; i++) {
    left[i] = frames[2 * i];
    right[i] = frames[2 * i + 1];
  }
}

uint64_t peer_sum_of_squares(const int16_t *samples, size_t count) {
  uint64_t sum = 0;
  for (size_t i = 0; i < count; i++) sum += (uint32_t)((int32_t)samples[i] * samples[i]);
  return sum;
}
