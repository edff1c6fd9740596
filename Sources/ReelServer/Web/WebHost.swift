internal import Glibc
internal import ReelRealtime

/// HTTP, WebSocket and TLS on one port, on a thread of its own: who answers is a ``WebSite``.
///
///     let host = try WebHost(configuration, site, log)
///     print("http://127.0.0.1:\(host.port)")
///     host.stop()
///
/// Without TLS only this machine is answered.
package final class WebHost: Sendable {
  /// The one that it listens to.
  package let port: Int
  private let core: WebCore
  private let count = Tally()
  private let thread: WebThread

  package init(_ configuration: WebConfiguration, _ site: any WebSite, _ log: Log) throws(WebFailure) {
    let gate = try ListeningSocket(configuration.host, configuration.port)
    port = gate.port
    do throws(WebFailure) {
      core = try WebCore(configuration, site, log, gate, count)
    } catch {
      close(gate.descriptor)
      throw error
    }
    let core = core
    guard let thread = WebThread("reel-web", { core.run() }) else {
      core.abandon()
      throw WebFailure("the system gives no thread for the web host")
    }
    self.thread = thread
  }

  deinit {
    stop()
  }

  /// Those that are open.
  package var connectionCount: Int { count.value }

  /// Takes no more connections; those that are open stay.
  package func stopListening() {
    core.outlet.post(.stopListening)
  }

  /// Closes what is open, WebSockets with 1001, and returns when that is done. Never from the host's own thread.
  package func stop() {
    thread.end { core.outlet.post(.stop) }
  }
}
