internal import ReelCore

/// What `play` is to be heard, in order.
package struct ScriptPlay: Hashable, Sendable {
  package var items: [PlayItem]
  /// From −40 to 40.
  package var volumeDB: Double
  /// Whether the call is answered for it, if it isn't yet.
  package var answersCall: Bool

  package init(_ items: [PlayItem], volumeDB: Double = 0, answersCall: Bool = true) {
    self.items = items
    self.volumeDB = volumeDB
    self.answersCall = answersCall
  }
}

/// The options of a `play`.
struct PlaySettings: Hashable, Sendable {
  private let urls: [String]
  private let volume: ScriptNumber?
  private let answersCall: ScriptFlag?

  /// Its options that change nothing here: there is nobody who speaks, and no status of playing is told.
  static let unused = ["say_voice", "say_language", "say_gender", "status_url"]

  init(_ options: inout OptionReader) throws(OptionError) {
    let one = try options.text("url")
    let several = try options.texts("urls")
    guard (one == nil) != (several == nil) else {
      throw OptionError("play", given: one == nil ? "without a url" : "with both", allowed: "either url or urls")
    }
    urls = one.map { [$0] } ?? several ?? []
    volume = try options.number("volume", in: PlayQueue.volumesDB, isWhole: false)
    answersCall = try options.flag("auto_answer")
    for name in Self.unused { _ = try options.text(name) }
    for url in urls where try !ScriptText(url).hasVariables { _ = try PlayItem(swml: url) }
  }

  func play(_ scope: ScriptScope) throws(OptionError) -> ScriptPlay {
    var items: [PlayItem] = []
    for url in urls { items.append(try PlayItem(swml: try scope.text("url", url))) }
    return ScriptPlay(
      items, volumeDB: try volume?.value(scope) ?? 0, answersCall: try answersCall?.value(scope) ?? true)
  }
}
