/* A place in a program that its observer knows by name. */
#ifndef REEL_BENCHMARK_MARK_H
#define REEL_BENCHMARK_MARK_H

/* Does nothing: callgrind writes down, and begins anew, wherever this is called. */
void reel_mark(void);

#endif
