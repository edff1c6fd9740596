/// What of a file is asked for, by RFC 9110.
package enum FileRange: Hashable, Sendable {
  case whole
  case part(Range<Int>)
  case unchanged
  case unsatisfiable

  /// Of a file of so many bytes. Several ranges, and what can't be understood, are the whole file.
  package static func asked(_ headers: [String: String], etag: String, bytes: Int) -> FileRange {
    let tag = "\"\(etag)\""
    if let known = headers["if-none-match"] { return isKnown(known, tag) ? .unchanged : .whole }
    guard let range = headers["range"] else { return .whole }
    // Of a file that is another by now the whole is wanted. Dates say too little.
    if let condition = headers["if-range"], trimmed(condition[...]) != tag { return .whole }
    return read(range, bytes)
  }

  private static func isKnown(_ list: String, _ tag: String) -> Bool {
    list.split(separator: ",").contains { entry in
      let entry = trimmed(entry)
      return entry == "*" || entry == tag || entry == "W/\(tag)"
    }
  }

  private static func read(_ text: String, _ bytes: Int) -> FileRange {
    let parts = trimmed(text[...]).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, trimmed(parts[0]).lowercased() == "bytes" else { return .whole }
    let ends = trimmed(parts[1]).split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    guard ends.count == 2 else { return .whole }
    let (first, last) = (trimmed(ends[0]), trimmed(ends[1]))
    if first.isEmpty {
      guard let length = number(last) else { return .whole }
      return length > 0 && bytes > 0 ? .part(max(0, bytes - length)..<bytes) : .unsatisfiable
    }
    guard let start = number(first) else { return .whole }
    guard let end = last.isEmpty ? Int.max : number(last), end >= start else { return .whole }
    return start < bytes ? .part(start..<min(end, bytes - 1) + 1) : .unsatisfiable
  }

  /// Nil where it is none; one that is too large for any file is the largest.
  private static func number(_ text: Substring) -> Int? {
    guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return Int(text) ?? .max
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text.drop { $0 == " " || $0 == "\t" }
    while text.last == " " || text.last == "\t" { text.removeLast() }
    return text
  }
}
