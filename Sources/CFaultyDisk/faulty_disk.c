#define _GNU_SOURCE
#include "faulty_disk.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/types.h>
#include <unistd.h>

static _Thread_local struct reel_disk_faults now;
static _Thread_local bool is_active;
static _Thread_local int64_t count;

void reel_disk_faults_begin(struct reel_disk_faults faults) {
  now = faults;
  is_active = true;
  count = 0;
}

int64_t reel_disk_faults_end(void) {
  is_active = false;
  return count;
}

// SplitMix64.
static uint64_t next_random(void) {
  uint64_t mixed = now.seed += 0x9E3779B97F4A7C15u;
  mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9u;
  mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EBu;
  return mixed ^ mixed >> 31;
}

static bool happens(int per_mille) { return is_active && (int)(next_random() % 1000) < per_mille; }

static int fail(int error) {
  count++;
  errno = error;
  return -1;
}

// The next definition of a name after ours: the C library's, or a sanitizer's round it.
#define REAL(type, name)                                    \
  static type real;                                         \
  if (real == NULL) real = (type)dlsym(RTLD_NEXT, name);

typedef int (*open_function)(const char *, int, ...);
typedef ssize_t (*pwrite_function)(int, const void *, size_t, off_t);
typedef int (*descriptor_function)(int);
typedef int (*truncate_function)(int, off_t);
typedef int (*path_function)(const char *);
typedef int (*paths_function)(const char *, const char *);

int open(const char *path, int flags, ...) {
  REAL(open_function, "open")
  va_list list;
  va_start(list, flags);
  mode_t mode = flags & O_CREAT ? va_arg(list, mode_t) : 0;
  va_end(list);
  if (happens(now.failing_per_mille)) return fail(flags & O_CREAT ? ENOSPC : EIO);
  return real(path, flags, mode);
}

ssize_t pwrite(int file, const void *bytes, size_t size, off_t offset) {
  REAL(pwrite_function, "pwrite")
  if (!is_active) return real(file, bytes, size, offset);
  if (happens(now.failing_per_mille)) return fail(EIO);
  if (size > 1 && happens(now.short_per_mille)) {
    count++;
    size = 1 + next_random() % (size - 1);
  }
  if (now.room_bytes >= 0) {
    if (now.room_bytes == 0 && size > 0) return fail(ENOSPC);
    if ((int64_t)size > now.room_bytes) size = (size_t)now.room_bytes;
    now.room_bytes -= (int64_t)size;
  }
  return real(file, bytes, size, offset);
}

int fdatasync(int file) {
  REAL(descriptor_function, "fdatasync")
  return happens(now.failing_per_mille) ? fail(EIO) : real(file);
}

int fsync(int file) {
  REAL(descriptor_function, "fsync")
  return happens(now.failing_per_mille) ? fail(EIO) : real(file);
}

int ftruncate(int file, off_t size) {
  REAL(truncate_function, "ftruncate")
  return happens(now.failing_per_mille) ? fail(EIO) : real(file, size);
}

int unlink(const char *path) {
  REAL(path_function, "unlink")
  return happens(now.failing_per_mille) ? fail(EIO) : real(path);
}

int link(const char *from, const char *to) {
  REAL(paths_function, "link")
  return happens(now.failing_per_mille) ? fail(EIO) : real(from, to);
}

int rename(const char *from, const char *to) {
  REAL(paths_function, "rename")
  return happens(now.failing_per_mille) ? fail(EIO) : real(from, to);
}

bool reel_disk_is_ours(void) {
  reel_disk_faults_begin((struct reel_disk_faults){.seed = 1, .failing_per_mille = 1000, .room_bytes = -1});
  int file = open("/dev/null", O_RDONLY);
  if (file >= 0) close(file);
  return reel_disk_faults_end() > 0;
}
