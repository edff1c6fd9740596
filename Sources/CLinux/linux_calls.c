#define _GNU_SOURCE
#include "linux_calls.h"

#include <unistd.h>

int reel_syncfs(int descriptor) { return syncfs(descriptor); }
