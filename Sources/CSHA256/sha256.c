#include "sha256.h"

/* Clang before 16 shows the instructions of AArch64 only to code that is all built for them. */
#if defined(__x86_64__)
#define REEL_SHA256_X86 1
#elif defined(__aarch64__) && defined(__linux__) && !defined(__AARCH64EB__) && __clang_major__ >= 16
#define REEL_SHA256_ARM 1
#endif

#if defined(REEL_SHA256_X86) || defined(REEL_SHA256_ARM)

/* The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
static const uint32_t constants[64] __attribute__((aligned(16))) = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

#endif

#if defined(REEL_SHA256_X86)

#include <cpuid.h>
#include <immintrin.h>

#define NATIVE __attribute__((target("sha,sse4.1,ssse3")))

/* By cpuid itself: not every compiler's __builtin_cpu_supports knows "sha". */
bool reel_sha256_is_native(void) {
  const unsigned ssse3 = 1u << 9, sse41 = 1u << 19, sha = 1u << 29;
  unsigned eax, ebx, ecx, edx;
  if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || !(ecx & ssse3) || !(ecx & sse41)) return false;
  return __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) && (ebx & sha);
}

/* Four rounds. The instruction does two, by the lower half of `sums`, and what it leaves are the new a, b, e, f; the
 * new c, d, g, h are the old a, b, e, f. */
NATIVE static inline void rounds(__m128i *abef, __m128i *cdgh, __m128i words, const uint32_t *first) {
  const __m128i sums = _mm_add_epi32(words, _mm_load_si128((const __m128i *)first));
  *cdgh = _mm_sha256rnds2_epu32(*cdgh, *abef, sums);
  *abef = _mm_sha256rnds2_epu32(*abef, *cdgh, _mm_shuffle_epi32(sums, 0x0e));
}

/* The four words after these sixteen. */
NATIVE static inline __m128i next(__m128i w0, __m128i w4, __m128i w8, __m128i w12) {
  const __m128i seven_ago = _mm_alignr_epi8(w12, w8, 4);
  return _mm_sha256msg2_epu32(_mm_add_epi32(_mm_sha256msg1_epu32(w0, w4), seven_ago), w12);
}

NATIVE static inline __m128i load(const uint8_t *bytes) {
  const __m128i big_endian = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
  return _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)bytes), big_endian);
}

NATIVE void reel_sha256_compress(uint32_t state[8], const uint8_t *blocks, size_t count) {
  /* The instructions want a and c in the highest places. */
  __m128i abef = _mm_set_epi32((int)state[0], (int)state[1], (int)state[4], (int)state[5]);
  __m128i cdgh = _mm_set_epi32((int)state[2], (int)state[3], (int)state[6], (int)state[7]);
  for (; count > 0; count--, blocks += 64) {
    const __m128i old_abef = abef, old_cdgh = cdgh;
    __m128i w0 = load(blocks), w4 = load(blocks + 16), w8 = load(blocks + 32), w12 = load(blocks + 48);
    for (int round = 0;; round += 16) {
      rounds(&abef, &cdgh, w0, constants + round);
      rounds(&abef, &cdgh, w4, constants + round + 4);
      rounds(&abef, &cdgh, w8, constants + round + 8);
      rounds(&abef, &cdgh, w12, constants + round + 12);
      if (round == 48) break;
      w0 = next(w0, w4, w8, w12);
      w4 = next(w4, w8, w12, w0);
      w8 = next(w8, w12, w0, w4);
      w12 = next(w12, w0, w4, w8);
    }
    abef = _mm_add_epi32(abef, old_abef);
    cdgh = _mm_add_epi32(cdgh, old_cdgh);
  }
  state[0] = (uint32_t)_mm_extract_epi32(abef, 3);
  state[1] = (uint32_t)_mm_extract_epi32(abef, 2);
  state[2] = (uint32_t)_mm_extract_epi32(cdgh, 3);
  state[3] = (uint32_t)_mm_extract_epi32(cdgh, 2);
  state[4] = (uint32_t)_mm_extract_epi32(abef, 1);
  state[5] = (uint32_t)_mm_extract_epi32(abef, 0);
  state[6] = (uint32_t)_mm_extract_epi32(cdgh, 1);
  state[7] = (uint32_t)_mm_extract_epi32(cdgh, 0);
}

#elif defined(REEL_SHA256_ARM)

#include <arm_neon.h>
#include <asm/hwcap.h>
#include <sys/auxv.h>

#define NATIVE __attribute__((target("sha2")))

bool reel_sha256_is_native(void) { return getauxval(AT_HWCAP) & HWCAP_SHA2; }

/* Four rounds. */
NATIVE static inline void rounds(uint32x4_t *abcd, uint32x4_t *efgh, uint32x4_t words, const uint32_t *first) {
  const uint32x4_t sums = vaddq_u32(words, vld1q_u32(first)), old = *abcd;
  *abcd = vsha256hq_u32(old, *efgh, sums);
  *efgh = vsha256h2q_u32(*efgh, old, sums);
}

/* The four words after these sixteen. */
NATIVE static inline uint32x4_t next(uint32x4_t w0, uint32x4_t w4, uint32x4_t w8, uint32x4_t w12) {
  return vsha256su1q_u32(vsha256su0q_u32(w0, w4), w8, w12);
}

NATIVE static inline uint32x4_t load(const uint8_t *bytes) {
  return vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(bytes)));
}

NATIVE void reel_sha256_compress(uint32_t state[8], const uint8_t *blocks, size_t count) {
  uint32x4_t abcd = vld1q_u32(state), efgh = vld1q_u32(state + 4);
  for (; count > 0; count--, blocks += 64) {
    const uint32x4_t old_abcd = abcd, old_efgh = efgh;
    uint32x4_t w0 = load(blocks), w4 = load(blocks + 16), w8 = load(blocks + 32), w12 = load(blocks + 48);
    for (int round = 0;; round += 16) {
      rounds(&abcd, &efgh, w0, constants + round);
      rounds(&abcd, &efgh, w4, constants + round + 4);
      rounds(&abcd, &efgh, w8, constants + round + 8);
      rounds(&abcd, &efgh, w12, constants + round + 12);
      if (round == 48) break;
      w0 = next(w0, w4, w8, w12);
      w4 = next(w4, w8, w12, w0);
      w8 = next(w8, w12, w0, w4);
      w12 = next(w12, w0, w4, w8);
    }
    abcd = vaddq_u32(abcd, old_abcd);
    efgh = vaddq_u32(efgh, old_efgh);
  }
  vst1q_u32(state, abcd);
  vst1q_u32(state + 4, efgh);
}

#else

#include <stdlib.h>

bool reel_sha256_is_native(void) { return false; }

void reel_sha256_compress(uint32_t state[8], const uint8_t *blocks, size_t count) {
  (void)state, (void)blocks, (void)count;
  abort();
}

#endif
