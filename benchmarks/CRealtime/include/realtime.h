/* The real-time sanitizer's eyes, where it is linked: what it knows to wait or to allocate ends the process between
 * enter and exit. Without it, both do nothing. */
#ifndef REEL_REALTIME_H
#define REEL_REALTIME_H

#include <stdbool.h>

/* Whether the sanitizer is linked. */
bool reel_realtime_is_watched(void);

/* The calling thread may not wait from here on. Pairs may be nested. */
void reel_realtime_enter(void);

/* It may again. */
void reel_realtime_exit(void);

#endif
