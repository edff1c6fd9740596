#include "curl_functions.h"

#include <dlfcn.h>
#include <stdio.h>

static struct reel_curl functions;
static CURLcode (*set)(CURL *, CURLoption, ...);
static CURLcode (*get)(CURL *, CURLINFO, ...);
static CURLMcode (*set_group)(CURLM *, CURLMoption, ...);

#define FIND(name)                                                                                                     \
  functions.name = (__typeof__(name) *)dlsym(library, #name);                                                          \
  if (!functions.name) return false;

static bool load(void) {
  void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
  if (!library) return false;
  REEL_LIBCURL(FIND)
  set = (__typeof__(set))dlsym(library, "curl_easy_setopt");
  get = (__typeof__(get))dlsym(library, "curl_easy_getinfo");
  set_group = (__typeof__(set_group))dlsym(library, "curl_multi_setopt");
  return set && get && set_group;
}

const struct reel_curl *reel_curl_load(char *failure, size_t room) {
  if (!load()) {
    snprintf(failure, room, "libcurl.so.4, which can't be loaded: %s", dlerror());
    return NULL;
  }
  if (functions.curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK) return &functions;
  snprintf(failure, room, "libcurl, which can't be started");
  return NULL;
}

bool reel_curl_set_number(CURL *transfer, CURLoption option, long number) {
  return set(transfer, option, number) == CURLE_OK;
}

bool reel_curl_set_text(CURL *transfer, CURLoption option, const char *text) {
  return set(transfer, option, text) == CURLE_OK;
}

bool reel_curl_set_body(CURL *transfer, const unsigned char *bytes, size_t count) {
  return set(transfer, CURLOPT_POST, 1L) == CURLE_OK
         && set(transfer, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)count) == CURLE_OK
         && set(transfer, CURLOPT_COPYPOSTFIELDS, count ? (const char *)bytes : "") == CURLE_OK;
}

bool reel_curl_set_headers(CURL *transfer, struct curl_slist *headers) {
  return set(transfer, CURLOPT_HTTPHEADER, headers) == CURLE_OK;
}

bool reel_curl_set_taker(CURL *transfer, reel_curl_taker taker, void *context) {
  return set(transfer, CURLOPT_WRITEFUNCTION, taker) == CURLE_OK
         && set(transfer, CURLOPT_WRITEDATA, context) == CURLE_OK;
}

bool reel_curl_set_opener(CURL *transfer, reel_curl_opener opener, void *context) {
  return set(transfer, CURLOPT_OPENSOCKETFUNCTION, opener) == CURLE_OK
         && set(transfer, CURLOPT_OPENSOCKETDATA, context) == CURLE_OK;
}

bool reel_curl_set_limit(CURLM *group, CURLMoption option, long number) {
  return set_group(group, option, number) == CURLM_OK;
}

long reel_curl_status(CURL *transfer) {
  long status = 0;
  return get(transfer, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK ? status : 0;
}

const char *reel_curl_redirect(CURL *transfer) {
  char *place = NULL;
  return get(transfer, CURLINFO_REDIRECT_URL, &place) == CURLE_OK ? place : NULL;
}
