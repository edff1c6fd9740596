internal import CCertificate
internal import Glibc

/// A certificate for who has none: it names localhost, 127.0.0.1 and ::1, and is its own authority.
package enum OwnCertificate {
  /// The one in a folder, made there if there is none: `cert.pem`, and `key.pem` for its owner alone.
  package static func kept(in folder: String) throws(WebFailure) -> WebCertificate {
    let certificate = WebCertificate(certificatePath: "\(folder)/cert.pem", keyPath: "\(folder)/key.pem")
    let (hasCertificate, hasKey) = (exists(certificate.certificatePath), exists(certificate.keyPath))
    if hasCertificate && hasKey { return certificate }
    // What a process left that was killed between the two is of no use to anybody.
    if hasKey { unsafe unlink(certificate.keyPath) }
    guard !hasCertificate else {
      throw WebFailure("'\(certificate.certificatePath)' has no key '\(certificate.keyPath)' beside it")
    }
    // Sound: both names are there for the time of the call.
    guard unsafe reel_make_certificate(certificate.certificatePath, certificate.keyPath) == 0 else {
      throw WebFailure("a certificate and its key can't be made in '\(folder)'")
    }
    return certificate
  }

  private static func exists(_ path: String) -> Bool {
    unsafe access(path, F_OK) == 0
  }
}
