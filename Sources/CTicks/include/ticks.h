// The processor's own clock: a few nanoseconds to read, where the system's takes as long as what is to be measured.
#pragma once

#include <stdint.h>

#if defined(__x86_64__)
#include <x86intrin.h>
static inline uint64_t reel_ticks(void) {
  unsigned core;
  return __rdtscp(&core);
}
#elif defined(__aarch64__)
static inline uint64_t reel_ticks(void) {
  uint64_t ticks;
  __asm__ volatile("isb; mrs %0, cntvct_el0" : "=r"(ticks)::"memory");
  return ticks;
}
#else
#include <time.h>
static inline uint64_t reel_ticks(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}
#endif
