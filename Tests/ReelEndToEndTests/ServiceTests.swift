// Strategy: the built service with whoever uses it, each a process of its own: the published SDK for RELAY, REST and
// SWML, curl for downloads, media streams at the pace of a call, and receivers of callbacks that fail on purpose. A
// program of Tests/Clients plays several scenes at once, each of which fails by its own name.
import Foundation
import Testing

@Suite struct ServiceTests {
  // MARK: Calls

  @Test func callsComeInEveryForm() async throws {
    try await withService { service in
      try await service.play("media.py", "mulaw", "alaw", "linear16", "binary", "binary_48k", "gap", "faster")
    }
  }

  @Test func callsLoseTheirMediaAndGetItBack() async throws {
    try await withService { service in
      try await service.play(
        "media.py", "lost_and_back", "lost_for_good", "digits_end", "beep", "many_recordings", "refused", "nonsense",
        "same_name")
    }
  }

  // MARK: The published SDK

  @Test(.enabled(if: Python.hasSDK, Python.noSDK)) func thePublishedExampleRunsUnchanged() async throws {
    try await withService { service in
      try await service.play("example.py", "all_callers", python: Python.sdk)
    }
  }

  @Test(.enabled(if: Python.hasSDK, Python.noSDK)) func clientsOfRelayHaveCallsRecorded() async throws {
    try await withService { service in
      try await service.play(
        "relay.py", "answered", "silenced", "skipped", "on_completed", "no_input", "ended_call", "plays",
        "play_stopped",
        python: Python.sdk)
    }
  }

  @Test(.enabled(if: Python.hasSDK, Python.noSDK)) func clientsOfRelayComeAndGo() async throws {
    try await withService { service in
      try await service.play(
        "relay.py", "wrong_token", "contexts", "two_clients", "reconnecting", "unsupported", "bad_options",
        "secret_kept", "also_called_back",
        python: Python.sdk)
    }
  }

  @Test(.enabled(if: Python.hasSDK, Python.noSDK)) func clientsOfRESTHaveCallsRecorded() async throws {
    try await withService { service in
      try await service.play("rest.py", "life", "listing", "refusals", "over_tls", python: Python.sdk)
    }
  }

  @Test(.enabled(if: Python.hasSDK, Python.noSDK)) func scriptsRunOnCalls() async throws {
    try await withService { service in
      try await service.play(
        "swml.py", "function_result", "function_options", "foreground", "unknown_verb", "ignored", "stream_parameters",
        "contexts", python: Python.sdk)
    }
  }

  // MARK: Events and files

  @Test func callbacksArriveInOrderWhoeverFails() async throws {
    try await withService { service in
      try await service.play("callbacks.py", "payload", "failing", "down", "slow", "replayed", "refused")
    }
  }

  @Test func recordingsAreDownloadedByCurl() async throws {
    try await withService { service in
      try await service.play("downloads.py", "whole", "ranges", "known", "strangers", "health", "many_at_once")
    }
  }

  @Test func recordingsAreKeptAndDeletedByRule() async throws {
    try await withService { service in
      try await service.play("keeping.py", "held", "retention", "audited", "another_project", "metrics")
    }
  }
}
