// ReelServer: the service: calls that arrive over the network, the protocols that control their recording, what is told
// of it, and what is kept. It must never know how a sample gets from a push to a file: that is Reel's.
