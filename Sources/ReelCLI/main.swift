// ReelCLI: the command `reel`. It puts words on a command line to the rooms' use and their results into words. It must
// never hold a rule of its own about what a recording is.
internal import Glibc

exit(run(Array(CommandLine.arguments.dropFirst())))
