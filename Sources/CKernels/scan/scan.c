#include "ckernels.h"
#include "vector/compress4.h"
#include "vector/compress8.h"
#include "vector/tile.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

CK_INLINE size_t scan_tile_count(size_t at, size_t last) {
    size_t left = (last - at + 15) & ~(size_t)15;
    return left < TILE ? left : TILE;
}

/// The rows of first ..< last in the 16 that start at row `at`, as a mask.
CK_INLINE uint32_t rows_here(size_t at, size_t first, size_t last) {
    uint32_t mask = 0xffff;
    if (at + 16 > last) mask &= at >= last ? 0 : (1u << (last - at)) - 1;
    if (at < first) mask &= first - at >= 16 ? 0 : 0xffffu << (first - at);
    return mask;
}

CK_INLINE size_t scan_rows_portable(
    const ck_rows *rows, size_t first, size_t last, const float *q, float lower, uint32_t *ids, float *dots,
    const int format) {
    float tile[TILE] __attribute__((aligned(64)));
    size_t found = 0;
    for (size_t at = first & ~(size_t)15; at < last; at += TILE) {
        size_t count = scan_tile_count(at, last);
        tile_dots(rows, at, count, q, tile, format);
        size_t from = at < first ? first - at : 0, to = at + count > last ? last - at : count;
        for (size_t i = from; i < to; i++) {
            // Written always, kept if it counts: no branch to guess.
            ids[found] = (uint32_t)(at + i);
            dots[found] = tile[i];
            found += tile[i] >= lower;
        }
    }
    return found;
}

CK_INLINE void dots_of_rows(
    const ck_rows *rows, size_t first, size_t last, const float *q, float *dots, const int format) {
    float tile[TILE] __attribute__((aligned(64)));
    for (size_t at = first & ~(size_t)15; at < last; at += TILE) {
        size_t count = scan_tile_count(at, last);
        if (at >= first && at + count <= last) {
            tile_dots(rows, at, count, q, dots + (at - first), format);
            continue;
        }
        tile_dots(rows, at, count, q, tile, format);
        for (size_t i = 0; i < count; i++)
            if (at + i >= first && at + i < last) dots[at + i - first] = tile[i];
    }
}

#if defined(__x86_64__)
TARGET_AVX2 CK_INLINE size_t scan_rows_avx2(
    const ck_rows *rows, size_t first, size_t last, const float *q, float lower, uint32_t *ids, float *dots,
    const int format) {
    float tile[TILE] __attribute__((aligned(64)));
    const __m256 bound = _mm256_set1_ps(lower);
    size_t found = 0;
    for (size_t at = first & ~(size_t)15; at < last; at += TILE) {
        const size_t count = scan_tile_count(at, last);
        tile_dots(rows, at, count, q, tile, format);
        for (size_t i = 0; i < count; i += 16) {
            const __m256 s[2] = {_mm256_load_ps(tile + i), _mm256_load_ps(tile + i + 8)};
            uint32_t passes = (uint32_t)_mm256_movemask_ps(_mm256_cmp_ps(s[0], bound, _CMP_GE_OQ)) |
                              (uint32_t)_mm256_movemask_ps(_mm256_cmp_ps(s[1], bound, _CMP_GE_OQ)) << 8;
            if (at + i < first || at + i + 16 > last) passes &= rows_here(at + i, first, last);
            if (!passes) continue;
            const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
            for (int half = 0; half < 2; half++) {
                const __m256i id = _mm256_add_epi32(lanes, _mm256_set1_epi32((int)(at + i) + 8 * half));
                found += compress8(passes >> (8 * half) & 0xff, id, s[half], ids + found, dots + found);
            }
        }
    }
    return found;
}

TARGET_AVX512 CK_INLINE size_t scan_rows_avx512(
    const ck_rows *rows, size_t first, size_t last, const float *q, float lower, uint32_t *ids, float *dots,
    const int format) {
    float tile[TILE] __attribute__((aligned(64)));
    const __m512 bound = _mm512_set1_ps(lower);
    const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    size_t found = 0;
    for (size_t at = first & ~(size_t)15; at < last; at += TILE) {
        size_t count = scan_tile_count(at, last);
        tile_dots(rows, at, count, q, tile, format);
        for (size_t i = 0; i < count; i += 16) {
            __m512 s = _mm512_load_ps(tile + i);
            __mmask16 mask = _mm512_cmp_ps_mask(s, bound, _CMP_GE_OQ);
            if (at + i < first || at + i + 16 > last) mask &= (__mmask16)rows_here(at + i, first, last);
            if (!mask) continue;
            // Compressed in a register and stored whole: a compressing store is slow on some machines.
            __m512i id = _mm512_add_epi32(lanes, _mm512_set1_epi32((int)(at + i)));
            _mm512_storeu_si512(ids + found, _mm512_maskz_compress_epi32(mask, id));
            _mm512_storeu_ps(dots + found, _mm512_maskz_compress_ps(mask, s));
            found += (size_t)__builtin_popcount(mask);
        }
    }
    return found;
}
#endif

#if defined(__aarch64__)
TARGET_NEON CK_INLINE size_t scan_rows_neon(
    const ck_rows *rows, size_t first, size_t last, const float *q, float lower, uint32_t *ids, float *dots,
    const int format) {
    float tile[TILE] __attribute__((aligned(64)));
    const float32x4_t bound = vdupq_n_f32(lower);
    size_t found = 0;
    for (size_t at = first & ~(size_t)15; at < last; at += TILE) {
        const size_t count = scan_tile_count(at, last);
        tile_dots(rows, at, count, q, tile, format);
        for (size_t i = 0; i < count; i += 16) {
            const uint32_t here = rows_here(at + i, first, last);
            for (size_t part = 0; part < 16; part += 4) {
                const float32x4_t s = vld1q_f32(tile + i + part);
                const uint32_t passes = bits4(vcgeq_f32(s, bound)) & here >> part;
                if (passes) found += compress4(passes, counted4(at + i + part), s, ids + found, dots + found);
            }
        }
    }
    return found;
}
#endif

#define SCAN_LEVEL(SUFFIX, TARGET)                                                                                \
    TARGET static size_t scan_##SUFFIX(                                                                           \
        const ck_rows *rows, size_t first, size_t last, const float *q, float lower, uint32_t *ids, float *dots) { \
        BY_FORMAT(                                                                                                \
            rows->keys.format, SUFFIX, scan_rows_##SUFFIX(rows, first, last, q, lower, ids, dots, format))        \
    }
#define DOTS_LEVEL(SUFFIX, TARGET)                                                                                \
    TARGET static void dots_##SUFFIX(                                                                             \
        const ck_rows *rows, size_t first, size_t last, const float *q, float *dots) {                            \
        BY_FORMAT(rows->keys.format, SUFFIX, dots_of_rows(rows, first, last, q, dots, format))                    \
    }

SCAN_LEVEL(portable, )
DOTS_LEVEL(portable, )
#if defined(__x86_64__)
SCAN_LEVEL(avx2, TARGET_AVX2)
DOTS_LEVEL(avx2, TARGET_AVX2)
SCAN_LEVEL(avx512, TARGET_AVX512)
DOTS_LEVEL(avx512, TARGET_AVX512)
#elif defined(__aarch64__)
SCAN_LEVEL(neon, TARGET_NEON)
#endif

size_t ck_scan(
    const ck_rows *rows, size_t first, size_t last, const float *q, float lower, uint32_t *ids, float *dots) {
    DISPATCH_NEON(scan, rows, first, last, q, lower, ids, dots);
    DISPATCH(scan, rows, first, last, q, lower, ids, dots);
}

void ck_dots(const ck_rows *rows, size_t first, size_t last, const float *q, float *dots) {
    DISPATCH(dots, rows, first, last, q, dots);
}

size_t ck_resolve(
    ck_table keys, size_t d, const float *q, double b, float upper, uint32_t *ids, float *dots, size_t count,
    size_t *tested) {
    size_t doubtful = 0;
    for (size_t i = 0; i < count; i++) doubtful += dots[i] < upper;
    *tested += doubtful;
    if (!doubtful) return count;
    double root = ck_root(d);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t id = ids[i];
        float dot = dots[i];
        if (dot < upper) {
            double exact = ck_exact_row(keys, id, q, d);
            if (!(exact / root >= b)) continue;
            dot = (float)exact;
        }
        ids[kept] = id;
        dots[kept] = dot;
        kept++;
    }
    return kept;
}

size_t ck_scan_exact(
    const ck_rows *rows, size_t first, size_t last, const float *q, double b, uint32_t *ids, float *dots) {
    double root = ck_root(rows->d);
    size_t found = 0;
    for (size_t i = first; i < last; i++) {
        double exact = ck_exact_row(rows->keys, i, q, rows->d);
        ids[found] = (uint32_t)i;
        dots[found] = (float)exact;
        found += exact / root >= b;
    }
    return found;
}
