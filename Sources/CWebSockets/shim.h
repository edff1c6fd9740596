#include <libwebsockets.h>

// Macros that Swift does not import.
static inline size_t reel_lws_pre(void) { return LWS_PRE; }
static inline uint64_t reel_lws_with_and_without_tls(void) {
  return LWS_SERVER_OPTION_ALLOW_NON_SSL_ON_SSL_PORT | LWS_SERVER_OPTION_ALLOW_HTTP_ON_HTTPS_LISTENER;
}

// Linux's own, which headers show only to those who ask for them before any other.
int accept4(int descriptor, struct sockaddr *address, socklen_t *size, int flags);

// Kinds of sockets, which Swift finds or not, depending on which header of another module it read first.
enum { REEL_SOCK_STREAM = SOCK_STREAM, REEL_SOCK_CLOEXEC = SOCK_CLOEXEC, REEL_SOCK_NONBLOCK = SOCK_NONBLOCK };
