import Glibc
import Synchronization

/// What a media thread may not do, each in a function of its own, for every check to be shown that it sees it.
enum Plant: String, CaseIterable {
  case malloc, lock, nanosleep, write, deep, mutex, reference, indirect, endless

  func run() {
    switch self {
    case .malloc: plantedMalloc()
    case .lock: plantedLock()
    case .nanosleep: plantedNanosleep()
    case .write: plantedWrite()
    case .deep: plantedDeep(64)
    case .mutex: plantedMutex()
    case .reference:
      unsafe otherThing = Thing()
      plantedReference()
    case .indirect:
      unsafe function = { flag.store(true, ordering: .relaxed) }
      plantedIndirect()
    case .endless: plantedEndless()
    }
  }
}

private final class Thing: Sendable {}

// Kept where the optimizer must believe that others look. Used by one thread.
nonisolated(unsafe) private var memory: UnsafeMutableRawPointer?
nonisolated(unsafe) private var array: [Int] = []
nonisolated(unsafe) private var thing: Thing?
nonisolated(unsafe) private var otherThing: Thing?
nonisolated(unsafe) private var function: () -> Void = {}
nonisolated(unsafe) private var lock = unsafe pthread_mutex_t()
private let mutex = Mutex(0)
private let flag = Atomic<Bool>(true)

@c(plantedMalloc) func plantedMalloc() {
  unsafe memory = malloc(64)
  unsafe free(memory)
}

@c(plantedLock) func plantedLock() {
  unsafe pthread_mutex_lock(&lock)
  unsafe pthread_mutex_unlock(&lock)
}

@c(plantedNanosleep) func plantedNanosleep() {
  var time = timespec(tv_sec: 0, tv_nsec: 1)
  unsafe nanosleep(&time, nil)
}

@c(plantedWrite) func plantedWrite() {
  var byte: UInt8 = 10
  _ = unsafe write(STDOUT_FILENO, &byte, 1)
}

/// The allocation is two calls down, the last of them a jump.
@c(plantedDeep) func plantedDeep(_ count: Int) {
  plantedMiddle(count)
  flag.store(true, ordering: .relaxed)
}

@inline(never) @c(plantedMiddle) func plantedMiddle(_ count: Int) {
  plantedBottom(count &+ 1)
}

@inline(never) @c(plantedBottom) func plantedBottom(_ count: Int) {
  unsafe array = [Int](repeating: count, count: count)
}

@c(plantedReference) func plantedReference() {
  unsafe thing = otherThing
}

@c(plantedMutex) func plantedMutex() {
  mutex.withLock { $0 += 1 }
}

@c(plantedIndirect) func plantedIndirect() {
  unsafe function()
}

@c(plantedEndless) func plantedEndless() {
  while !flag.load(ordering: .acquiring) {}
}
