// ReelCore: what recording means. Options, the timeline, pause, timers, terminators, spans and events, as pure
// values: audio and commands in, audio and words out. It must never know a thread, a clock on the wall, a
// file or a codec, and a step of its recorder allocates nothing.
