#pragma once

#include <stdbool.h>
#include <stdint.h>

// What the system tells only through calls that Swift can't make.

// The width of the terminal behind a descriptor, 0 where there is none.
int reel_terminal_columns(int descriptor);

// How many cores this process may use, at least 1.
int reel_usable_cores(void);

// How much more the files of a folder's file system may hold; -1 where that can't be told.
int64_t reel_folder_free_bytes(const char *_Nonnull path);

// Whether they are in memory.
bool reel_folder_is_memory(const char *_Nonnull path);

// Lets this process open as many files as it is allowed to, and gives how many that are.
int64_t reel_raise_open_files(void);
