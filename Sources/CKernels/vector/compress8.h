// Compressing eight 32-bit lanes with AVX2, which has no instruction for it: a permutation by table.
#ifndef CK_COMPRESS8_H
#define CK_COMPRESS8_H

#if defined(__x86_64__)

#include <immintrin.h>
#include <stdint.h>

#include "machine/dispatch.h"

/// For each mask of eight bits its set bits, ascending, a byte each; what follows them is 0.
extern const uint8_t ck_compress8_table[256][8];

/// The order that moves the lanes of a mask to the front.
TARGET_AVX2 CK_INLINE __m256i compress8_order(uint32_t mask) {
    return _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)ck_compress8_table[mask]));
}

/// Writes the lanes of `ids` and `x` in a mask, then as many of no meaning as eight leave room for; returns how many.
TARGET_AVX2 CK_INLINE size_t compress8(uint32_t mask, __m256i ids, __m256 x, uint32_t *kept_ids, float *kept) {
    const __m256i order = compress8_order(mask);
    _mm256_storeu_si256((__m256i *)kept_ids, _mm256_permutevar8x32_epi32(ids, order));
    _mm256_storeu_ps(kept, _mm256_permutevar8x32_ps(x, order));
    return (size_t)__builtin_popcount(mask);
}

#endif

#endif
