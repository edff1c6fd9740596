#pragma once

// What the system tells only through calls that Swift can't make.

// The width of the terminal behind a descriptor, 0 where there is none.
int reel_terminal_columns(int descriptor);

// How many cores this process may use, at least 1.
int reel_usable_cores(void);
