// For tests: the calls by which a program touches its disk, made to fail, to write less than they were asked to, or to
// find the disk full. Only between begin and end, only on the thread that said so, and only by what the seed says.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct reel_disk_faults {
  uint64_t seed;
  // How many of a thousand calls fail: those that open or make a file, write, sync, cut, rename or remove.
  int failing_per_mille;
  // How many of a thousand writes write only a part.
  int short_per_mille;
  // How many bytes the disk has room for; less than 0 for no end.
  int64_t room_bytes;
};

// Starts over, or changes what is wrong with the disk. What was written before counts no more.
void reel_disk_faults_begin(struct reel_disk_faults faults);

// Everything works again; gives how many faults there were since begin.
int64_t reel_disk_faults_end(void);

// Whether the calls are in our hands at all: a sanitizer may have taken them before.
bool reel_disk_is_ours(void);
