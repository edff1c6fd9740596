internal import CReel
internal import Glibc
internal import Reel

/// What the interface itself refuses.
struct Refusal: Error {
  let status: reel_status
  let message: String

  init(_ status: Int, _ message: String) {
    self.status = reel_status(status)
    self.message = message
  }

  /// What was given for an argument that can't be taken.
  static func argument(_ name: String, _ given: String, allowed: String) -> Refusal {
    Refusal(REEL_ERROR_ARGUMENT, "\(name) is \(given); allowed: \(allowed)")
  }
}

/// Runs what may throw, and makes a status and a message of what it throws.
func answer(_ error: UnsafeMutablePointer<reel_error>?, _ body: () throws -> Void) -> reel_status {
  do {
    try body()
    return reel_status(REEL_OK)
  } catch let failure {
    let (status, message, number) = verdict(on: failure)
    if let error = unsafe error { unsafe tell(status, message, number, error) }
    return status
  }
}

private func verdict(on failure: any Error) -> (reel_status, String, Int32) {
  let (status, message): (Int, String)
  switch failure {
  case let refusal as Refusal: return (refusal.status, refusal.message, 0)
  case let error as FileError: return (reel_status(REEL_ERROR_FILE), error.description, error.errorNumber ?? 0)
  case let error as OptionError: (status, message) = (REEL_ERROR_OPTION, error.description)
  case let error as RecorderError:
    (status, message) = (error == .ended ? REEL_ERROR_ENDED : REEL_ERROR_STATE, error.description)
  case let error as EngineError: (status, message) = (number(of: error), error.description)
  default: (status, message) = (REEL_ERROR_INTERNAL, "\(failure)")
  }
  return (reel_status(status), message, 0)
}

private func number(of error: EngineError) -> Int {
  switch error {
  case .isClosed, .callHasEnded: REEL_ERROR_ENDED
  case .controlIDInUse: REEL_ERROR_IN_USE
  case .unknownControlID, .noRecording: REEL_ERROR_UNKNOWN
  case .tooManyRecordings, .tooManyThreads: REEL_ERROR_LIMIT
  }
}

private func tell(
  _ status: reel_status, _ message: String, _ number: Int32, _ error: UnsafeMutablePointer<reel_error>
) {
  // Sound: the caller's struct, as large as the header says, whose bytes this thread alone writes now.
  unsafe error.pointee.status = status
  unsafe error.pointee.error_number = number
  unsafe withUnsafeMutableBytes(of: &error.pointee.message) { room in
    let text = cut(message, to: room.count - 1)
    unsafe room.copyBytes(from: text)
    unsafe room[text.count] = 0
  }
}

/// As much of a text as fits, in whole characters and on one line.
private func cut(_ text: String, to limit: Int) -> [UInt8] {
  var bytes = text.utf8.map { $0 < 0x20 ? UInt8(ascii: " ") : $0 }
  guard bytes.count > limit else { return bytes }
  var end = limit
  while end > 0 && bytes[end] & 0xC0 == 0x80 { end -= 1 }
  bytes.removeSubrange(end...)
  return bytes
}

// MARK: Arguments

/// A copy of a caller's text.
func text(_ pointer: UnsafePointer<CChar>?, _ name: String) throws(Refusal) -> String {
  guard let text = try unsafe optionalText(pointer, name) else {
    throw .argument(name, "NULL", allowed: "text")
  }
  return text
}

/// The same where there may be none.
func optionalText(_ pointer: UnsafePointer<CChar>?, _ name: String) throws(Refusal) -> String? {
  // Sound: the caller's promise that its text ends in a zero; nothing is read beyond that, nor beyond the limit.
  guard let pointer = unsafe pointer else { return nil }
  guard unsafe strnlen(pointer, Int(REEL_TEXT_LIMIT) + 1) <= Int(REEL_TEXT_LIMIT) else {
    throw .argument(name, "longer than \(REEL_TEXT_LIMIT) bytes", allowed: "at most that")
  }
  guard let text = unsafe String(validatingCString: pointer) else {
    throw .argument(name, "no UTF-8", allowed: "text in UTF-8")
  }
  return text
}

/// Where something is to be written that can't be done without.
func required<Value>(_ pointer: UnsafeMutablePointer<Value>?, _ name: String) throws(Refusal)
  -> UnsafeMutablePointer<Value>
{
  guard let pointer = unsafe pointer else { throw .argument(name, "NULL", allowed: "where to write it") }
  return unsafe pointer
}

/// A switch, of which memory that nobody set is seldom one.
func flag(_ value: Int32, _ name: String) throws(OptionError) -> Bool {
  try choice(value, [false, true], name)
}

/// One of a few, by its number in the header.
func choice<Value>(_ value: Int32, _ choices: [Value], _ name: String) throws(OptionError) -> Value {
  guard choices.indices.contains(Int(value)) else {
    throw OptionError(name, given: "\(value)", allowed: "a whole number from 0 to \(choices.count - 1)")
  }
  return choices[Int(value)]
}
