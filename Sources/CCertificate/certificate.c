#include "certificate.h"

#include <fcntl.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <unistd.h>

enum { SERIAL_BITS = 159, YEARS = 10 };

// Random, positive, and at most 20 bytes long, as RFC 5280 wants it.
static int set_serial(X509 *certificate) {
  BIGNUM *number = BN_new();
  int done = number && BN_rand(number, SERIAL_BITS, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) &&
             BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
  BN_free(number);
  return done;
}

// Leap days are left out: it ends two or three days early. It begins a day ago, for clocks that are behind.
static int set_time(X509 *certificate) {
  return X509_gmtime_adj(X509_getm_notBefore(certificate), -86400L) &&
         X509_time_adj_ex(X509_getm_notAfter(certificate), 365 * YEARS, 0, NULL);
}

static int set_name(X509 *certificate) {
  X509_NAME *name = X509_get_subject_name(certificate);
  return X509_NAME_add_entry_by_txt(name, "O", MBSTRING_ASC, (const unsigned char *)"Reel", -1, -1, 0) &&
         X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"localhost", -1, -1, 0) &&
         X509_set_issuer_name(certificate, name);
}

static int add_extension(X509 *certificate, X509V3_CTX *context, int what, const char *value) {
  X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, context, what, value);
  int done = extension && X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
  return done;
}

// The authority key is the subject's own, so it comes after it.
static int add_extensions(X509 *certificate) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
  return add_extension(certificate, &context, NID_basic_constraints, "critical,CA:TRUE") &&
         add_extension(certificate, &context, NID_key_usage, "critical,digitalSignature,keyCertSign") &&
         add_extension(certificate, &context, NID_ext_key_usage, "serverAuth") &&
         add_extension(certificate, &context, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1") &&
         add_extension(certificate, &context, NID_subject_key_identifier, "hash") &&
         add_extension(certificate, &context, NID_authority_key_identifier, "keyid:always");
}

static X509 *make_certificate(EVP_PKEY *key) {
  X509 *certificate = X509_new();
  if (certificate && X509_set_version(certificate, X509_VERSION_3) && set_serial(certificate) &&
      set_time(certificate) && set_name(certificate) && X509_set_pubkey(certificate, key) &&
      add_extensions(certificate) && X509_sign(certificate, key, EVP_sha256()))
    return certificate;
  X509_free(certificate);
  return NULL;
}

// A new file, with its owner's rights from the first moment on. NULL where there is one of that name.
static FILE *new_file(const char *path, mode_t mode) {
  int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
  if (descriptor < 0) return NULL;
  FILE *file = fdopen(descriptor, "w");
  if (file) return file;
  close(descriptor);
  unlink(path);
  return NULL;
}

// On the disk, or not there at all.
static int finish(FILE *file, const char *path, int written) {
  written = fflush(file) == 0 && fsync(fileno(file)) == 0 && written;
  written = fclose(file) == 0 && written;
  if (!written) unlink(path);
  return written;
}

static int write_key(const char *path, EVP_PKEY *key) {
  FILE *file = new_file(path, 0600);
  return file && finish(file, path, PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL));
}

static int write_certificate(const char *path, X509 *certificate) {
  FILE *file = new_file(path, 0644);
  return file && finish(file, path, PEM_write_X509(file, certificate));
}

int reel_make_certificate(const char *certificate_path, const char *key_path) {
  EVP_PKEY *key = EVP_EC_gen("P-256");
  X509 *certificate = key ? make_certificate(key) : NULL;
  int done = certificate && write_key(key_path, key);
  if (done && !write_certificate(certificate_path, certificate)) {
    unlink(key_path);
    done = 0;
  }
  X509_free(certificate);
  EVP_PKEY_free(key);
  return done ? 0 : -1;
}
