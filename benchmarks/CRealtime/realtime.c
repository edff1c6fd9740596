#include "realtime.h"

#include <stddef.h>

/* The sanitizer's own, which its library has and no header tells of. */
extern void __rtsan_realtime_enter(void) __attribute__((weak));
extern void __rtsan_realtime_exit(void) __attribute__((weak));

bool reel_realtime_is_watched(void) { return __rtsan_realtime_enter != NULL; }

void reel_realtime_enter(void) {
  if (__rtsan_realtime_enter != NULL) __rtsan_realtime_enter();
}

void reel_realtime_exit(void) {
  if (__rtsan_realtime_exit != NULL) __rtsan_realtime_exit();
}
