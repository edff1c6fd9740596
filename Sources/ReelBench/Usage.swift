internal import Glibc

/// What the process has used.
enum Usage {
  static func cpuSeconds() -> Double { seconds(CLOCK_PROCESS_CPUTIME_ID) }
  static func threadCPUSeconds() -> Double { seconds(CLOCK_THREAD_CPUTIME_ID) }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    // Sound: the system fills a value of ours.
    unsafe clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  static func residentBytes() -> Int {
    let pages = SystemFile.lines(of: "/proc/self/statm").first?.split(separator: " ").dropFirst().first
    return (pages.flatMap { Int($0) } ?? 0) * sysconf(Int32(_SC_PAGESIZE))
  }
}
