internal import Glibc
internal import ReelCore
package import ReelFiles

/// What the service stands on: its folder, its certificate and its secrets, made where they are not there.
struct Grounds {
  let certificate: WebCertificate
  let tokenFile: String
  let projects: [(id: String, token: String)]
  let signingKey: [UInt8]
  /// The folder is this service's alone.
  let lock: FolderLock

  init(_ configuration: inout ServiceConfiguration) throws {
    try Self.check(configuration.arrivals)
    try Self.makeFolder(&configuration)
    lock = try FolderLock(configuration.dataFolder)
    // Sound: the name outlives the call.
    _ = unsafe unlink(configuration.readyFile)
    if let certificate = configuration.certificate, let key = configuration.key {
      self.certificate = WebCertificate(certificatePath: certificate, keyPath: key)
    } else {
      guard configuration.certificate == nil && configuration.key == nil else {
        throw ConfigurationError("of --tls-cert and --tls-key one is missing; allowed: both or none")
      }
      certificate = try OwnCertificate.kept(in: configuration.dataFolder)
    }
    tokenFile = configuration.tokenFile ?? configuration.madeTokenFile
    if let token = configuration.token {
      guard configuration.tokenFile == nil else {
        throw ConfigurationError("--token and --token-file exclude each other; allowed: one")
      }
      guard !token.isEmpty, !token.contains(where: \.isNewline) else {
        throw ConfigurationError("--token is empty or has several lines; allowed: some text")
      }
      try SecretFile.write(token, to: tokenFile)
    }
    let token = try configuration.tokenFile.map(SecretFile.read) ?? SecretFile.readOrMake(tokenFile)
    var projects = [(id: configuration.projectID, token: token)]
    for project in configuration.projects { projects.append((project.id, try SecretFile.read(project.tokenFile))) }
    for project in projects where project.id.isEmpty || project.id.contains(":") {
      throw ConfigurationError("project", given: project.id, allowed: "a name without a colon")
    }
    guard Set(projects.map(\.id)).count == projects.count, Set(projects.map(\.token)).count == projects.count else {
      throw ConfigurationError("two projects have one id or one token; allowed: each its own")
    }
    self.projects = projects
    signingKey = Array(try SecretFile.readOrMake(configuration.signingKeyFile).utf8)
  }

  /// What is done with calls as they arrive must be known before the first does.
  private static func check(_ arrivals: [String: ServiceConfiguration.Arrival]) throws(ConfigurationError) {
    for (context, arrival) in arrivals {
      do throws(ServiceRefusal) {
        switch arrival {
        case .params(let members): _ = try RecordParams(members)
        case .script(let json): _ = try Script(json)
        }
      } catch {
        throw ConfigurationError("the context \(context): \(error.message)")
      }
    }
  }

  /// By its whole path from here on, and, where it is made, for its owner alone.
  private static func makeFolder(_ configuration: inout ServiceConfiguration) throws {
    if FileIdentity(of: configuration.dataFolder) == nil {
      try Folder.make(configuration.dataFolder)
      // Sound: the name outlives the call.
      _ = unsafe chmod(configuration.dataFolder, 0o700)
    }
    // Sound: the system makes the text, which is freed when it was copied.
    guard let path = unsafe realpath(configuration.dataFolder, nil) else {
      throw FileError(configuration.dataFolder, cannotBe: "opened")
    }
    configuration.dataFolder = unsafe String(cString: path)
    unsafe free(path)
    try Folder.make(configuration.recordingsFolder)
  }
}

/// What whoever started the service reads, once it serves.
package struct ServiceReady: Sendable {
  package let http: String
  package let wss: String
  package let certificate: String
  package let projectID: String
  package let tokenFile: String

  init(_ configuration: ServiceConfiguration, _ grounds: Grounds, port: Int) {
    http = "http://\(Self.place(configuration, port: port))"
    wss = "wss://\(Self.place(configuration, port: port))"
    certificate = grounds.certificate.certificatePath
    projectID = configuration.projectID
    tokenFile = grounds.tokenFile
  }

  /// Where clients fetch recordings: over TLS unless nobody else can listen.
  static func address(_ configuration: ServiceConfiguration, port: Int) -> String {
    "\(configuration.isLoopback ? "http" : "https")://\(place(configuration, port: port))"
  }

  private static func place(_ configuration: ServiceConfiguration, port: Int) -> String {
    let isEverywhere = configuration.host == "0.0.0.0" || configuration.host == "::"
    let host = isEverywhere ? "127.0.0.1" : configuration.host
    return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }

  package func write(to path: String) throws(FileError) {
    let json = JSON.object([
      .init("http", .string(http)), .init("wss", .string(wss)), .init("ca", .string(certificate)),
      .init("project", .string(projectID)), .init("token_file", .string(tokenFile)),
      .init("pid", .number(Double(getpid()))),
    ])
    try WholeFile.write(Array("\(json)\n".utf8).span, to: path)
  }
}
