internal import Glibc

// A file that grows beyond its limit is an error to tell, not a death.
signal(SIGXFSZ, SIG_IGN)
exit(await run(Array(CommandLine.arguments.dropFirst())))
