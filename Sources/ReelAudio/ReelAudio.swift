// ReelAudio: sound itself. Levels, mixing, layout, resampling, tones, DTMF, voice activity, G.711, all as
// pure functions and small value types over 16-bit samples. It must never know what a call, an option,
// a file or a thread is.
