#define _GNU_SOURCE
#include "CSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

int reel_terminal_columns(int descriptor) {
  struct winsize size;
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

int reel_usable_cores(void) {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

int64_t reel_folder_free_bytes(const char *path) {
  struct statvfs system;
  return statvfs(path, &system) == 0 ? (int64_t)(system.f_bavail * system.f_frsize) : -1;
}

bool reel_folder_is_memory(const char *path) {
  struct statfs system;
  return statfs(path, &system) == 0 && (system.f_type == TMPFS_MAGIC || system.f_type == RAMFS_MAGIC);
}

static void give(int descriptor, const char *path, int flags) {
  int file = open(path, flags, 0600);
  if (file < 0) _exit(REEL_RUN_NOT_FOUND);
  if (file == descriptor) return;
  dup2(file, descriptor);
  close(file);
}

int reel_run(char *const *words, const char *output, bool complains, struct rusage *usage) {
  pid_t child = fork();
  if (child == 0) {
    // Nothing here takes a lock, for other threads may have held any. What this process ignores is its own affair, and
    // what it started does not outlive it.
    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_DFL);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    give(STDIN_FILENO, "/dev/null", O_RDONLY);
    if (output) give(STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_TRUNC);
    if (!complains) give(STDERR_FILENO, "/dev/null", O_WRONLY);
    execvp(words[0], words);
    _exit(REEL_RUN_NOT_FOUND);
  }
  int status = 0;
  pid_t ended = -1;
  if (child > 0) {
    do ended = wait4(child, &status, 0, usage);
    while (ended < 0 && errno == EINTR);
  }
  if (ended < 0) return REEL_RUN_NOT_FOUND;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
