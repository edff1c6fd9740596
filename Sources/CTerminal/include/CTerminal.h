#pragma once

// The width of the terminal behind a descriptor, 0 where there is none. (ioctl is variadic, which Swift can't call.)
int reel_terminal_columns(int descriptor);
