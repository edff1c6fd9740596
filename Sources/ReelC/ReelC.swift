// ReelC: the C interface, `reel.h`, over the engine. It must hold no rule of its own about calls or recordings: it
// turns what C can say into what Swift takes, answers what can't be, and lets nothing that C can pass become a trap.
//
// How a function is written here: what is real-time looks its handle up by `withCall`, which counts no reference; all
// others run in `answer`, which makes a status and a message of every error. The compiler compares each with its
// declaration in the header; `Tests/ReelCTests/HeaderTests.swift` compares the rest.
//
// What is public here is documented in the header.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
public import CReel

@c @implementation public func reel_version() -> Int32 {
  Int32(REEL_VERSION_MAJOR * 1_000_000 + REEL_VERSION_MINOR * 1_000 + REEL_VERSION_PATCH)
}

@c @implementation public func reel_strerror(_ status: reel_status) -> UnsafePointer<CChar>? {
  let words: StaticString =
    switch Int(status) {
    case REEL_OK: "all is well"
    case REEL_ERROR_HANDLE: "a handle is NULL, or of another kind"
    case REEL_ERROR_ARGUMENT: "an argument can't be taken"
    case REEL_ERROR_OPTION: "an option's value can't be taken"
    case REEL_ERROR_FILE: "a file or folder can't be read, written or trusted"
    case REEL_ERROR_STATE: "the recording's state does not allow it"
    case REEL_ERROR_ENDED: "the call or the recording has ended, or the engine is closed"
    case REEL_ERROR_UNKNOWN: "there is no such recording"
    case REEL_ERROR_IN_USE: "the control id is in use in this call"
    case REEL_ERROR_LIMIT: "the engine has as many recordings as it may, or the system no more threads"
    case REEL_ERROR_TIMEOUT: "it did not come in time"
    case REEL_ERROR_THREAD: "two threads use at once what is for one at a time"
    case REEL_ERROR_INTERNAL: "a mistake in Reel"
    default: "no status of Reel's"
    }
  // Sound: a literal's text ends in a zero and is never freed.
  return unsafe UnsafeRawPointer(words.utf8Start).assumingMemoryBound(to: CChar.self)
}
