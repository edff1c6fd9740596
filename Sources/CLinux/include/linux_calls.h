// System calls of Linux that Swift's own module for the C library leaves out.
#pragma once

// Returns when all that was written to the file system of an open file is on the disk; 0, or -1 with errno.
int reel_syncfs(int descriptor);
