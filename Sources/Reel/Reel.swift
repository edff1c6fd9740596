// Reel: the engine. It puts rings, recorders, encoders and files together, and is what a media server in Swift calls.
// It must never touch a disk itself, nor hold a rule of its own about what belongs in a recording.
@_exported public import ReelAudio
@_exported public import ReelCore
@_exported public import ReelFiles
