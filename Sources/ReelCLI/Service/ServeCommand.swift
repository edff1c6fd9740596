internal import Glibc
internal import ReelRealtime
internal import ReelServer

/// `reel serve`
struct ServeCommand: Command {
  private let configuration: ServiceConfiguration

  private static let listen = CommandOption(
    "--listen", kind: .text("HOST:PORT"), "where to serve; 127.0.0.1:8443 unless set, and port 0 takes a free one")
  private static let data = CommandOption(
    "--data", kind: .folder,
    "where recordings, the catalogue and what is made for the service are kept; reel-data here "
      + "unless set")
  private static let project = CommandOption(
    "--project", kind: .text("ID"), "the project that clients name; reel unless set")
  private static let token = CommandOption(
    "--token", kind: .text("TOKEN"), "its token, which others on this machine can read in the list of processes",
    group: "token")
  private static let tokenFile = CommandOption(
    "--token-file", kind: .file, "the file whose first line is its token; one is made unless set", group: "token")
  private static let certificate = CommandOption(
    "--tls-cert", kind: .file, "the certificate, as PEM; one for localhost is made unless set")
  private static let key = CommandOption("--tls-key", kind: .file, "its key, as PEM")
  private static let file = CommandOption(
    "--config", kind: .file, "a file of JSON that says these and all else; what is said here counts more")

  static let declaration = Declaration(
    name: "serve", summary: "record calls that come over the network",
    sections: [
      .init(title: "where", options: [listen.spec, data.spec]),
      .init(
        title: "for whom", options: [project.spec, token.spec, tokenFile.spec, certificate.spec, key.spec]),
      .init(title: "how", options: [file.spec]),
    ],
    discussion: [
      "Calls come as media streams over a WebSocket at /media. Clients control their recording by RELAY (the published "
        + "SDK), REST and SWML, and are told of it by RELAY and by callbacks. Plain HTTP is answered on this machine "
        + "only; TLS is on the same port.",
      "When it serves, FOLDER/ready.json tells where, with what certificate and token. SIGTERM ends every call, closes "
        + "every recording and tells what it can before it stops; a second one stops at once, and the next start "
        + "recovers. The log is lines of JSON on standard error.",
    ],
    examples: [
      "reel serve",
      "reel serve --listen 0.0.0.0:443 --data /var/lib/reel --tls-cert cert.pem --tls-key key.pem",
    ])

  init(_ arguments: Arguments) throws {
    var configuration = ServiceConfiguration()
    do {
      if let file = arguments[Self.file] { try configuration.read(file: file) }
      if let listen = arguments[Self.listen] { try configuration.listen(listen) }
    } catch {
      throw UsageError(problem: "\(error)")
    }
    if let folder = arguments[Self.data] { configuration.dataFolder = folder }
    if let project = arguments[Self.project] { configuration.projectID = project }
    if let token = arguments[Self.token] { (configuration.token, configuration.tokenFile) = (token, nil) }
    if let file = arguments[Self.tokenFile] { configuration.tokenFile = file }
    if let certificate = arguments[Self.certificate] { configuration.certificate = certificate }
    if let key = arguments[Self.key] { configuration.key = key }
    self.configuration = configuration
  }

  func run() async throws {
    // Whom a call was with is nobody's business on this machine but the service's.
    umask(0o077)
    Interruption.hold()
    let service = try Service(configuration)
    Console.write(Self.welcome(service.ready))
    while !Interruption.hasCome { MonotonicTime.now().advanced(bySeconds: Self.lookSeconds).wait() }
    service.stop()
  }

  /// How often is looked whether it shall end.
  private static let lookSeconds = 0.05

  private static func welcome(_ ready: ServiceReady) -> String {
    """
    serving at \(ready.http) and \(ready.wss)
      project \(ready.projectID), token in \(ready.tokenFile), certificate \(ready.certificate)
      a client:  export SIGNALWIRE_SPACE=\(ready.http.dropFirst("http://".count)) \
    SIGNALWIRE_PROJECT_ID=\(ready.projectID) \
    SIGNALWIRE_API_TOKEN=$(cat \(ready.tokenFile)) SIGNALWIRE_RELAY_CA_FILE=\(ready.certificate)
      a call:    reel call --caller caller.wav --agent agent.wav --to \(ready.http.replacingScheme("ws"))/media \
    --token-file \(ready.tokenFile)

    """
  }
}

extension String {
  fileprivate func replacingScheme(_ scheme: String) -> String {
    scheme + (firstIndex(of: ":").map { String(self[$0...]) } ?? self)
  }
}
