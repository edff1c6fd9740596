// ReelTesting: for tests only. Signals whose truth is known, the calls of testdata, a sink that keeps what it is
// given, and random choices that a printed seed brings back. Nothing that ships may import it.
