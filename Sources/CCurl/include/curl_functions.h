// The functions of libcurl that Reel calls, found in the library when they are first wanted: with it come some twenty
// others, for which a process that never sends an event shall not pay.
//
// Signatures are those of libcurl's own headers. What takes its argument by `...`, which Swift can't call, has a helper
// for each type of argument here.
#pragma once

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

#define REEL_LIBCURL(ONE)                                                                                              \
  ONE(curl_easy_cleanup)                                                                                               \
  ONE(curl_easy_init)                                                                                                  \
  ONE(curl_easy_perform)                                                                                               \
  ONE(curl_easy_strerror)                                                                                              \
  ONE(curl_global_init)                                                                                                \
  ONE(curl_multi_add_handle)                                                                                           \
  ONE(curl_multi_cleanup)                                                                                              \
  ONE(curl_multi_info_read)                                                                                            \
  ONE(curl_multi_init)                                                                                                 \
  ONE(curl_multi_perform)                                                                                              \
  ONE(curl_multi_poll)                                                                                                 \
  ONE(curl_multi_remove_handle)                                                                                        \
  ONE(curl_multi_wakeup)                                                                                               \
  ONE(curl_slist_append)                                                                                               \
  ONE(curl_slist_free_all)

struct reel_curl {
#define REEL_POINTER(name) __typeof__(name) *_Nonnull name;
  REEL_LIBCURL(REEL_POINTER)
#undef REEL_POINTER
};

// Loads the library and gives its functions, all of them; NULL where it or one of them is missing, with the words for
// it in `failure`, which has room for so many bytes, one or more. What is loaded stays. Once in a process, or by one
// thread at a time; before any of what follows.
const struct reel_curl *_Nullable reel_curl_load(char *_Nonnull failure, size_t room);

// These give whether the library took it. Texts are copied.
bool reel_curl_set_number(CURL *_Nonnull transfer, CURLoption option, long number);
bool reel_curl_set_text(CURL *_Nonnull transfer, CURLoption option, const char *_Nonnull text);
bool reel_curl_set_body(CURL *_Nonnull transfer, const unsigned char *_Nullable bytes, size_t count);
bool reel_curl_set_headers(CURL *_Nonnull transfer, struct curl_slist *_Nullable headers);

// Who takes what is received: gives how many bytes it took, where fewer end the transfer.
typedef size_t (*reel_curl_taker)(char *_Nullable bytes, size_t one, size_t count, void *_Nullable context);
bool reel_curl_set_taker(CURL *_Nonnull transfer, reel_curl_taker _Nonnull taker, void *_Nonnull context);

// Who opens sockets, or refuses to by CURL_SOCKET_BAD.
typedef curl_socket_t (*reel_curl_opener)(
  void *_Nullable context, curlsocktype purpose, struct curl_sockaddr *_Nonnull address);
bool reel_curl_set_opener(CURL *_Nonnull transfer, reel_curl_opener _Nonnull opener, void *_Nonnull context);

bool reel_curl_set_limit(CURLM *_Nonnull group, CURLMoption option, long number);

// 0 where nothing was answered.
long reel_curl_status(CURL *_Nonnull transfer);
// Where the answer leads on to, until the transfer is over; NULL where it leads nowhere.
const char *_Nullable reel_curl_redirect(CURL *_Nonnull transfer);
