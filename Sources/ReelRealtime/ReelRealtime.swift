// ReelRealtime: samples and commands from one thread to another: the ring that media threads push into, mailboxes,
// threads that wake on a beat and threads that share work. The only home of atomics and of unsafe hand-over. It must
// never know what the samples are for: neither recordings nor files nor calls.
