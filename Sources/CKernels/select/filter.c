#include "ckernels.h"
#include "vector/compress4.h"
#include "vector/compress8.h"
#include "vector/tile.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

typedef float f32x8 __attribute__((vector_size(32)));
typedef float f32x8_unaligned __attribute__((vector_size(32), aligned(4), may_alias));

/// Two rows of 8 numbers side by side.
#define PAIR(first, second)                                                                                         \
    (format == CK_F32 ? __builtin_shufflevector(                                                                    \
                            (f32x8)(*(const f32x8_unaligned *)(first)), (f32x8)(*(const f32x8_unaligned *)(second)), 0, \
                            1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)                                      \
                      : __builtin_shufflevector(                                                                    \
                            WIDE(format, first), WIDE(format, second), 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, \
                            22, 23))

/// The dot products of 16 listed rows of 8 numbers with q, which is there twice; rows are `stride` bytes apart.
CK_INLINE void dots16_short(
    const char *keys, size_t stride, const uint32_t *ids, const f32x16 *q, f32x16 *dots, const int format) {
    f32x16 folded[2];
#pragma clang loop unroll(full)
    for (int g = 0; g < 2; g++) {
        f32x16 product[4];
#pragma clang loop unroll(full)
        // Rows of one vector are four apart, so that the sums come out in order.
        for (int i = 0; i < 4; i++)
            product[i] = PAIR(keys + ids[8 * g + i] * stride, keys + ids[8 * g + 4 + i] * stride) * *q;
        FOLD4(folded[g], product[0], product[1], product[2], product[3]);
    }
    FOLD_GROUPS(*dots, folded[0], folded[1]);
}

/// The same for rows of d numbers, a multiple of 16.
CK_INLINE void dots16_long(
    const char *keys, size_t stride, size_t d, const uint32_t *ids, const float *q, f32x16 *dots, const int format) {
    f32x16 folded[4];
#pragma clang loop unroll(full)
    for (int g = 0; g < 4; g++) {
        f32x16 lanes[4];
#pragma clang loop unroll(full)
        for (int i = 0; i < 4; i++) ROW_LANES(lanes[i], keys + ids[4 * g + i] * stride);
        FOLD4(folded[g], lanes[0], lanes[1], lanes[2], lanes[3]);
    }
    f32x16 low, high;
    FOLD_GROUPS(low, folded[0], folded[1]);
    FOLD_GROUPS(high, folded[2], folded[3]);
    FOLD_GROUPS(*dots, low, high);
}

typedef float f32x4 __attribute__((vector_size(16)));
typedef float f32x4_unaligned __attribute__((vector_size(16), aligned(4), may_alias));

/// The same for rows of 12 numbers in float32, of which no line is touched that they do not lie on: whole vectors touch one more in
/// a quarter of rows, and no one asked for it ahead.
CK_INLINE void dots16_twelve(const char *keys, size_t stride, const uint32_t *ids, const float *q, f32x16 *dots) {
    const f32x4 none = {};
    f32x16 folded[4];
#pragma clang loop unroll(full)
    for (int g = 0; g < 4; g++) {
        f32x16 lanes[4];
#pragma clang loop unroll(full)
        for (int i = 0; i < 4; i++) {
            const char *row = keys + ids[4 * g + i] * stride;
            const f32x8 eight = (f32x8)(*(const f32x8_unaligned *)row);
            const f32x4 four = (f32x4)(*(const f32x4_unaligned *)(row + sizeof(f32x8)));
            const f32x8 rest = __builtin_shufflevector(four, none, 0, 1, 2, 3, 4, 5, 6, 7);
            lanes[i] = LOAD(q) * __builtin_shufflevector(eight, rest, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
        }
        FOLD4(folded[g], lanes[0], lanes[1], lanes[2], lanes[3]);
    }
    f32x16 low, high;
    FOLD_GROUPS(low, folded[0], folded[1]);
    FOLD_GROUPS(high, folded[2], folded[3]);
    FOLD_GROUPS(*dots, low, high);
}

/// Fetches a row; one that starts anywhere in a line may end in one more.
CK_INLINE void fetch(const char *row, size_t bytes, int straddles) {
    for (size_t t = 0; t < bytes; t += 64) FETCH(row + t);
    if (straddles) FETCH(row + bytes - 1);
}

/// Keeps those of 16 rows, `present` of which there are, that score `lower` or more; returns how many. What is written past
/// them has been read: no more were ever kept than read.
CK_INLINE size_t keep16_generic(
    const f32x16 *dots, const uint32_t *id, size_t present, float lower, uint32_t *ids, float *kept_dots) {
    size_t kept = 0;
    for (size_t l = 0; l < present; l++) {
        ids[kept] = id[l];
        kept_dots[kept] = (*dots)[l];
        kept += (*dots)[l] >= lower;
    }
    return kept;
}

#if defined(__x86_64__)
TARGET_AVX2 CK_INLINE size_t keep16_avx2(
    const f32x16 *dots, const uint32_t *id, size_t present, float lower, uint32_t *ids, float *kept_dots) {
    const uint32_t there = present < 16 ? (1u << present) - 1 : 0xffff;
    const __m256 bound = _mm256_set1_ps(lower);
    const __m256 s[2] = {(__m256)dots->lo, (__m256)dots->hi};
    size_t kept = 0;
    for (int half = 0; half < 2; half++) {
        const uint32_t passes = (uint32_t)_mm256_movemask_ps(_mm256_cmp_ps(s[half], bound, _CMP_GE_OQ));
        const __m256i i = _mm256_loadu_si256((const __m256i *)(id + 8 * half));
        kept += compress8(passes & there >> (8 * half) & 0xff, i, s[half], ids + kept, kept_dots + kept);
    }
    return kept;
}

TARGET_AVX512 CK_INLINE size_t keep16_avx512(
    const f32x16 *dots, const uint32_t *id, size_t present, float lower, uint32_t *ids, float *kept_dots) {
    const __m512 s = (__m512)*dots;
    const __m512i i = _mm512_loadu_si512(id);
    const uint32_t there = present < 16 ? (1u << present) - 1 : 0xffff;
    const __mmask16 mask = (__mmask16)(there & _mm512_cmp_ps_mask(s, _mm512_set1_ps(lower), _CMP_GE_OQ));
    _mm512_storeu_si512(ids, _mm512_maskz_compress_epi32(mask, i));
    _mm512_storeu_ps(kept_dots, _mm512_maskz_compress_ps(mask, s));
    return (size_t)__builtin_popcount(mask);
}
#endif

#if defined(__aarch64__)
TARGET_NEON CK_INLINE size_t keep16_neon(
    const f32x16 *dots, const uint32_t *id, size_t present, float lower, uint32_t *ids, float *kept_dots) {
    const uint32_t there = present < 16 ? (1u << present) - 1 : 0xffff;
    const float32x4_t bound = vdupq_n_f32(lower);
    size_t kept = 0;
    for (int part = 0; part < 4; part++) {
        const float32x4_t s = vld1q_f32((const float *)dots + 4 * part);
        const uint32_t passes = bits4(vcgeq_f32(s, bound)) & there >> (4 * part);
        kept += compress4(passes, vld1q_u32(id + 4 * part), s, ids + kept, kept_dots + kept);
    }
    return kept;
}
#endif

/// Rows of `padded` numbers, 8, 12 or a multiple of 16, `stride` bytes apart; whether they may start anywhere in a line.
#define FILTER(NAME, TARGET, KEEP)                                                                                 \
    TARGET CK_INLINE size_t NAME(                                                                                  \
        const char *keys, size_t stride, size_t padded, int straddles, const float *q, float lower, uint32_t *ids, \
        float *dots, size_t count, const int format) {                                                             \
        const size_t bytes = padded * ENTRY(format), lines = (bytes + 63) / 64;                                    \
        const size_t wanted = FETCHED_LINES / (lines > 6 ? 6 : lines);                                             \
        const size_t ahead = (wanted + 15) & ~(size_t)15;                                                          \
        f32x16 twice = {};                                                                                            \
        if (padded == 8)                                                                                           \
            for (int t = 0; t < 8; t++) twice[t] = twice[8 + t] = q[t];                                            \
        for (size_t i = 0; i < ahead && i < count; i++) fetch(keys + ids[i] * stride, bytes, straddles);           \
        size_t kept = 0;                                                                                           \
        for (size_t i = 0; i < count; i += 16) {                                                                   \
            uint32_t last[16];                                                                                     \
            const uint32_t *id = ids + i;                                                                          \
            if (i + ahead + 16 <= count) {                                                                         \
                for (size_t l = 0; l < 16; l++) fetch(keys + id[ahead + l] * stride, bytes, straddles);            \
            } else {                                                                                               \
                for (size_t l = i + ahead; l < count; l++) fetch(keys + ids[l] * stride, bytes, straddles);        \
            }                                                                                                      \
            if (i + 16 > count) {                                                                                  \
                for (size_t l = 0; l < 16; l++) last[l] = ids[i + l < count ? i + l : count - 1];                  \
                id = last;                                                                                         \
            }                                                                                                      \
            f32x16 sums;                                                                                              \
            if (padded == 8) dots16_short(keys, stride, id, &twice, &sums, format);                                \
            else if (padded == 12) dots16_twelve(keys, stride, id, q, &sums);                                      \
            else dots16_long(keys, stride, padded, id, q, &sums, format);                                          \
            kept += KEEP(&sums, id, count - i < 16 ? count - i : 16, lower, ids + kept, dots + kept);              \
        }                                                                                                          \
        return kept;                                                                                               \
    }

FILTER(filter_generic, , keep16_generic)
#if defined(__x86_64__)
FILTER(filter_avx2, TARGET_AVX2, keep16_avx2)
FILTER(filter_avx512, TARGET_AVX512, keep16_avx512)
#elif defined(__aarch64__)
FILTER(filter_neon, TARGET_NEON, keep16_neon)
#endif

/// Short rows are compiled with their length known.
#define LEVEL(SUFFIX, TARGET, FILTER)                                                                              \
    TARGET CK_INLINE size_t rows_of_format_##SUFFIX(                                                               \
        ck_table keys, size_t d, const float *q, float lower, uint32_t *ids, float *dots, size_t count,            \
        const int format) {                                                                                        \
        const size_t padded = d <= 8 ? 8 : (d + 15) & ~(size_t)15, stride = keys.stride * ENTRY(format);           \
        const size_t bytes = padded * ENTRY(format);                                                               \
        const int straddles = stride % (bytes < 64 ? bytes : 64) != 0;                                             \
        if (!straddles && padded == 8) return FILTER(keys.base, stride, 8, 0, q, lower, ids, dots, count, format); \
        if (!straddles && padded == 16) return FILTER(keys.base, stride, 16, 0, q, lower, ids, dots, count, format); \
        if (d == 12 && straddles && format == CK_F32)                                                              \
            return FILTER(keys.base, stride, 12, 1, q, lower, ids, dots, count, CK_F32);                           \
        return FILTER(keys.base, stride, padded, straddles, q, lower, ids, dots, count, format);                   \
    }                                                                                                              \
    TARGET static size_t rows_##SUFFIX(                                                                            \
        ck_table keys, size_t d, const float *q, float lower, uint32_t *ids, float *dots, size_t count) {          \
        BY_FORMAT(                                                                                                 \
            keys.format, SUFFIX, rows_of_format_##SUFFIX(keys, d, q, lower, ids, dots, count, format))             \
    }

LEVEL(portable, , filter_generic)
#if defined(__x86_64__)
LEVEL(avx2, TARGET_AVX2, filter_avx2)
LEVEL(avx512, TARGET_AVX512, filter_avx512)
#elif defined(__aarch64__)
LEVEL(neon, TARGET_NEON, filter_neon)
#endif

size_t ck_filter_rows(
    ck_table keys, size_t d, const float *q, float lower, uint32_t *ids, float *dots, size_t count) {
    DISPATCH_NEON(rows, keys, d, q, lower, ids, dots, count);
    DISPATCH(rows, keys, d, q, lower, ids, dots, count);
}
