#include "libav_functions.h"

#include <dlfcn.h>
#include <libavutil/macros.h>
#include <stdio.h>

static struct reel_libav functions;

#define FIND(name)                                                                                                     \
  address = dlsym(library, #name);                                                                                     \
  if (!address) return subject;                                                                                        \
  functions.name = (__typeof__(name) *)address;

#define LOAD(name, version, LIST)                                                                                      \
  subject = name " " AV_STRINGIFY(version);                                                                            \
  library = dlopen(name ".so." AV_STRINGIFY(version), RTLD_NOW | RTLD_LOCAL);                                          \
  if (!library) return subject;                                                                                        \
  LIST(FIND)

// Gives what could not be loaded, of which dlerror tells more. From the ground up, so that a library that is missing is
// named before those that need it.
static const char *load(void) {
  const char *subject;
  void *library, *address;
  LOAD("libavutil", LIBAVUTIL_VERSION_MAJOR, REEL_LIBAVUTIL)
  LOAD("libavcodec", LIBAVCODEC_VERSION_MAJOR, REEL_LIBAVCODEC)
  LOAD("libavformat", LIBAVFORMAT_VERSION_MAJOR, REEL_LIBAVFORMAT)
  return NULL;
}

const struct reel_libav *reel_libav_load(char *failure, size_t room) {
  const char *subject = load();
  if (!subject) return &functions;
  snprintf(failure, room, "%s, which can't be loaded: %s", subject, dlerror());
  return NULL;
}
