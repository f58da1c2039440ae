#include "ckernels.h"
#include "vector/compress4.h"
#include "vector/expand_bits.h"
#include "vector/tile.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { BLOCKS = CK_GROUP / CK_BLOCK };

CK_INLINE void bases(const ck_coded *c, const float *q, size_t first_group, size_t last_group, float *out) {
    for (size_t g = first_group; g < last_group; g += 16)
        dots16_rows(c->centres + g * c->centre_stride, c->centre_stride, c->d, q, out + (g - first_group), CK_F32);
}

/// A bound as an integer, one less than it is against the rounding of what led here, kept within int32.
CK_INLINE int32_t least_sum(double x) {
    double t = floor(x) - 1;
    return t > 2000000000.0 ? 2000000000 : t < -2000000000.0 ? -2000000000 : (int32_t)t;
}

/// Key j is a candidate if 16 * (sum of codes) + slope * (error byte of j) >= least: a slope in sixteenths is rounded
/// up by little.
typedef struct {
    int32_t least, slope;
    int outside;
} group_bound;

CK_INLINE group_bound bound_of(const ck_coded *c, const ck_key_query *x, const ck_group *group, float base) {
    const double norm = (double)x->norm, step = (double)group->step;
    group_bound b = {.least = -2000000000, .slope = 0, .outside = 0};
    if (group->error_base >= CK_UNBOUNDED) return b;
    if ((double)base + norm * (double)group->radius < x->lower) {
        b.outside = 1;
        return b;
    }
    const double scale = 16 / (step * (double)x->scale), middle = c->bits == 6 ? 31.5 : 7.5;
    double slope = ceil(norm * (double)group->error_step * scale);
    // Where a byte's worth of error is beyond all sums every key passes.
    if (!(slope < 4000000.0)) return b;
    b.slope = (int32_t)slope;
    b.least = least_sum(
        (x->lower - (double)base - step * (double)x->rest * (double)group->spread -
         norm * (double)group->error_base) * scale + 16 * middle * (double)x->sum);
    return b;
}

CK_INLINE size_t scan_generic(
    const ck_coded *c, const ck_key_query *x, const float *q, size_t first_group, size_t last_group, uint32_t *ids,
    size_t *pruned) {
    const size_t vectors = (c->d + 3) / 4;
    size_t found = 0;
    float base[32];
    for (size_t g = first_group; g < last_group; g++) {
        if ((g - first_group) % 16 == 0) bases(c, q, g, g + 16 < last_group ? g + 16 : last_group, base);
        group_bound bound = bound_of(c, x, c->groups + g, base[(g - first_group) % 16]);
        if (bound.outside) {
            ++*pruned;
            continue;
        }
        for (size_t block = g * BLOCKS; block < (g + 1) * BLOCKS && block * CK_BLOCK < c->count; block++) {
            const uint8_t *codes = c->codes + block * c->block_bytes, *low = codes + 128 * vectors;
            const uint8_t *errors = codes + c->block_bytes - CK_BLOCK;
            int32_t high_sums[CK_BLOCK] = {0}, low_sums[CK_BLOCK] = {0};
            for (size_t v = 0; v < vectors; v++) {
                const int8_t *y = x->codes + 4 * v;
                for (size_t half = 0; half < 2; half++)
                    for (size_t j = 0; j < 16; j++) {
                        const uint8_t *k = codes + 128 * v + 64 * half + 4 * j;
                        high_sums[32 * half + j] +=
                            (k[0] & 15) * y[0] + (k[1] & 15) * y[1] + (k[2] & 15) * y[2] + (k[3] & 15) * y[3];
                        high_sums[32 * half + 16 + j] +=
                            (k[0] >> 4) * y[0] + (k[1] >> 4) * y[1] + (k[2] >> 4) * y[2] + (k[3] >> 4) * y[3];
                    }
                if (c->bits == 6)
                    for (size_t part = 0; part < 4; part++)
                        for (size_t j = 0; j < 16; j++) {
                            const uint8_t *k = low + 64 * v + 4 * j;
                            const int shift = (int)(2 * part);
                            low_sums[16 * part + j] += (k[0] >> shift & 3) * y[0] + (k[1] >> shift & 3) * y[1] +
                                                       (k[2] >> shift & 3) * y[2] + (k[3] >> shift & 3) * y[3];
                        }
            }
            const int32_t factor = c->bits == 6 ? 4 : 1;
            size_t rows = c->count - block * CK_BLOCK < CK_BLOCK ? c->count - block * CK_BLOCK : CK_BLOCK;
            for (size_t j = 0; j < rows; j++) {
                ids[found] = (uint32_t)(block * CK_BLOCK + j);
                found += 16 * (factor * high_sums[j] + low_sums[j]) + bound.slope * (int32_t)errors[j] >= bound.least;
            }
        }
    }
    return found;
}

#if defined(__x86_64__)
/// Keys 16 part ... 16 part + 15 of a block: bounds compared, ids written (room for 16 more than are found).
#define EMIT(part, sums)                                                                                           \
    do {                                                                                                           \
        __m512i error_ = _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)(errors + 16 * (part))));           \
        __m512i reach_ = _mm512_add_epi32(sums, _mm512_mullo_epi32(error_, slope));                                \
        uint32_t mask_ = _mm512_cmpge_epi32_mask(reach_, least);                                                   \
        size_t at_ = block * CK_BLOCK + 16 * (part);                                                               \
        if (at_ + 16 > c->count) mask_ &= at_ >= c->count ? 0 : (1u << (c->count - at_)) - 1;                      \
        __m512i id_ = _mm512_add_epi32(lanes, _mm512_set1_epi32((int)at_));                                        \
        _mm512_storeu_si512(ids + found, _mm512_maskz_compress_epi32((__mmask16)mask_, id_));                      \
        found += (size_t)__builtin_popcount(mask_);                                                                \
    } while (0)

// With VNNI fields need not be moved to the low bits of their byte: a field at bit s has sums 2^s too large, which only
// the whole sum must heed. Without it sums of two products must fit 16 bits, and fields are moved first.
#define DOT(sum, codes, query) sum = _mm512_dpbusd_epi32(sum, codes, query)
#define MADD(sum, codes, query)                                                                                    \
    sum = _mm512_add_epi32(sum, _mm512_madd_epi16(_mm512_maddubs_epi16(codes, query), ones))
#define IN_PLACE(v, mask, shift) _mm512_and_si512(v, _mm512_set1_epi8((char)((mask) << (shift))))
#define MOVED(v, mask, shift) _mm512_and_si512(_mm512_srli_epi16(v, shift), _mm512_set1_epi8(mask))
/// Sixteen times a sum of fields at bit `shift`.
#define SHIFTED_SUM(sum, shift)                                                                                    \
    ((shift) < 4    ? _mm512_slli_epi32(sum, (shift) < 4 ? 4 - (shift) : 0)                                        \
     : (shift) == 4 ? (sum)                                                                                        \
                    : _mm512_srai_epi32(sum, (shift) > 4 ? (shift) - 4 : 0))
#define PLAIN_SUM(sum, shift) _mm512_slli_epi32(sum, 4)

#define SCAN(NAME, TARGET, STEP, FIELD, SUM)                                                                       \
    TARGET static size_t NAME(                                                                                     \
        const ck_coded *c, const ck_key_query *x, const float *q, size_t first_group, size_t last_group,           \
        uint32_t *ids, size_t *pruned) {                                                                           \
        const size_t vectors = (c->d + 3) / 4;                                                                     \
        const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);             \
        const __m512i ones = _mm512_set1_epi16(1);                                                                 \
        (void)ones;                                                                                                \
        int32_t query[CK_MOST_DIMENSIONS / 4];                                                                     \
        __builtin_memcpy(query, x->codes, vectors * 4);                                                            \
        size_t found = 0;                                                                                          \
        float base[32];                                                                                            \
        for (size_t g = first_group; g < last_group; g++) {                                                        \
            if ((g - first_group) % 16 == 0)                                                                       \
                bases(c, q, g, g + 16 < last_group ? g + 16 : last_group, base);                                   \
            group_bound bound = bound_of(c, x, c->groups + g, base[(g - first_group) % 16]);                       \
            if (bound.outside) {                                                                                   \
                ++*pruned;                                                                                         \
                continue;                                                                                          \
            }                                                                                                      \
            const __m512i least = _mm512_set1_epi32(bound.least), slope = _mm512_set1_epi32(bound.slope);          \
            for (size_t block = g * BLOCKS; block < (g + 1) * BLOCKS && block * CK_BLOCK < c->count; block++) {    \
                const uint8_t *codes = c->codes + block * c->block_bytes;                                          \
                const uint8_t *errors = codes + c->block_bytes - CK_BLOCK;                                         \
                __m512i s0 = _mm512_setzero_si512(), s1 = s0, s2 = s0, s3 = s0;                                    \
                for (size_t v = 0; v < vectors; v++, codes += 128) {                                               \
                    __m512i y = _mm512_set1_epi32(query[v]);                                                       \
                    __m512i a = _mm512_loadu_si512(codes), b = _mm512_loadu_si512(codes + 64);                     \
                    STEP(s0, FIELD(a, 15, 0), y);                                                                  \
                    STEP(s1, FIELD(a, 15, 4), y);                                                                  \
                    STEP(s2, FIELD(b, 15, 0), y);                                                                  \
                    STEP(s3, FIELD(b, 15, 4), y);                                                                  \
                }                                                                                                  \
                s0 = SUM(s0, 0);                                                                                   \
                s1 = SUM(s1, 4);                                                                                   \
                s2 = SUM(s2, 0);                                                                                   \
                s3 = SUM(s3, 4);                                                                                   \
                if (c->bits == 6) {                                                                                \
                    __m512i r0 = _mm512_setzero_si512(), r1 = r0, r2 = r0, r3 = r0;                                \
                    for (size_t v = 0; v < vectors; v++, codes += 64) {                                            \
                        __m512i y = _mm512_set1_epi32(query[v]), a = _mm512_loadu_si512(codes);                    \
                        STEP(r0, FIELD(a, 3, 0), y);                                                               \
                        STEP(r1, FIELD(a, 3, 2), y);                                                               \
                        STEP(r2, FIELD(a, 3, 4), y);                                                               \
                        STEP(r3, FIELD(a, 3, 6), y);                                                               \
                    }                                                                                              \
                    s0 = _mm512_add_epi32(_mm512_slli_epi32(s0, 2), SUM(r0, 0));                                   \
                    s1 = _mm512_add_epi32(_mm512_slli_epi32(s1, 2), SUM(r1, 2));                                   \
                    s2 = _mm512_add_epi32(_mm512_slli_epi32(s2, 2), SUM(r2, 4));                                   \
                    s3 = _mm512_add_epi32(_mm512_slli_epi32(s3, 2), SUM(r3, 6));                                   \
                }                                                                                                  \
                EMIT(0, s0);                                                                                       \
                EMIT(1, s1);                                                                                       \
                EMIT(2, s2);                                                                                       \
                EMIT(3, s3);                                                                                       \
            }                                                                                                      \
        }                                                                                                          \
        return found;                                                                                              \
    }

SCAN(scan_vnni, TARGET_VNNI, DOT, IN_PLACE, SHIFTED_SUM)
SCAN(scan_avx512, TARGET_AVX512, MADD, MOVED, PLAIN_SUM)
#endif

#define LEVEL(SUFFIX, TARGET)                                                                                 \
    TARGET static size_t scan_##SUFFIX(                                                                            \
        const ck_coded *c, const ck_key_query *x, const float *q, size_t first_group, size_t last_group,           \
        uint32_t *ids, size_t *pruned) {                                                                           \
        return scan_generic(c, x, q, first_group, last_group, ids, pruned);                                        \
    }

LEVEL(portable, )
#if defined(__x86_64__)
#include "codes/packed_codes_avx2.h"
#elif defined(__aarch64__)
#include "codes/packed_codes_neon.h"
#endif

size_t ck_scan_codes(
    const ck_coded *coded, const ck_key_query *query, const float *q, size_t first_group, size_t last_group,
    uint32_t *ids, size_t *pruned) {
    DISPATCH_NEON(scan, coded, query, q, first_group, last_group, ids, pruned);
    DISPATCH_VNNI256(scan, coded, query, q, first_group, last_group, ids, pruned);
}

#include "codes/packed_codes_together.h"
