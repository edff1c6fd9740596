internal import Glibc

// A file that grows beyond its limit, or a reader who has seen enough, is an error to tell and not a death.
signal(SIGXFSZ, SIG_IGN)
signal(SIGPIPE, SIG_IGN)
Console.holdStandardDescriptors()
Interruption.allow()
exit(await run(Array(CommandLine.arguments.dropFirst())))
