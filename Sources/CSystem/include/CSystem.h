#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>

// What the system tells only through calls that Swift can't make.

// The width of the terminal behind a descriptor, 0 where there is none.
int reel_terminal_columns(int descriptor);

// How many cores this process may use, at least 1.
int reel_usable_cores(void);

// How much more the files of a folder's file system may hold; -1 where that can't be told.
int64_t reel_folder_free_bytes(const char *_Nonnull path);

// Whether they are in memory.
bool reel_folder_is_memory(const char *_Nonnull path);

// Runs a program to its end, by the words up to a NULL, the first of which is looked for as a shell would. Its input is
// empty, its output goes into a file, or where ours goes, its complaints nowhere unless they shall be heard. Gives its exit status, -1 where
// a signal ended it, or the number below, and what it used.
//
// By fork: what posix_spawn starts is said to have had as much memory as its parent ever had.
enum { REEL_RUN_NOT_FOUND = 127 };
int reel_run(
  char *const _Nullable *_Nonnull words, const char *_Nullable output, bool complains, struct rusage *_Nonnull usage);
