#include "ckernels.h"
#include "vector/compress4.h"
#include "vector/expand_bits.h"
#include "vector/tile.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define BLOCK 64

/// Where key i of a block stands among the pairs of coarse codes: of 32 keys, the second eight and the third change places, so
/// that what AVX2 packs of two vectors comes out in order.
CK_INLINE size_t coarse_place(size_t i) { return (i & ~(size_t)24) | (i & 8) << 1 | (i & 16) >> 1; }

/// NEON's dot products, as VNNI's, are of 8 bits in 32.
int32_t ck_code_most(void) {
    return ck_level() == CK_AVX2 || ck_level() == CK_AVX512 ? CK_CODE_COARSE : CK_CODE_FINE;
}

CK_INLINE double clamped(double code, double most) { return code > most ? most : code < -most ? -most : code; }

CK_INLINE void code_block(
    const float *keys, size_t count, int32_t d, int32_t most, uint8_t *codes, float *scale, float *rest, float *reach) {
    float largest = 0;
    for (size_t i = 0; i < count * (size_t)d; i++) {
        float size = fabsf(keys[i]);
        largest = size > largest ? size : largest;
    }
    double step = largest > 0 ? (double)largest / most : 1;
    if (!(step > 1e-30)) step = 1e-30;
    double most_rest = 0, most_reach = 0;
    int32_t groups = (d + 3) / 4;
    for (size_t i = 0; i < (size_t)groups * 4 * BLOCK; i++) codes[i] = (uint8_t)(most + 1);
    *scale = (float)step;
    const double coded = (double)*scale, inverse = 1 / coded;
    for (size_t i = 0; i < count; i++) {
        double left = 0, norm = 0;
        for (int32_t t = 0; t < d; t++) {
            double k = keys[i * d + t];
            const double code = clamped(rint(k * inverse), most);
            const size_t place = most == CK_CODE_COARSE ? ((size_t)(t / 2) * BLOCK + coarse_place(i)) * 2 + t % 2
                                                        : ((size_t)(t / 4) * BLOCK + i) * 4 + t % 4;
            codes[place] = (uint8_t)(code + most + 1);
            double e = k - code * coded;
            left += e * e;
            norm += k * k;
        }
        most_rest = left > most_rest ? left : most_rest;
        most_reach = norm > most_reach ? norm : most_reach;
    }
    *rest = (float)(sqrt(most_rest) * (1 + 1e-6));
    *reach = (float)(sqrt(most_reach) * (1 + 1e-6));
}

float ck_code_longest(const ck_codes *codes, size_t blocks) {
    // No code is larger than `most`, whatever rounding made of the bounds.
    const double limit = codes->most * sqrt(4.0 * codes->groups);
    double longest = 0;
    for (size_t block = 0; block < blocks; block++) {
        const double size = ((double)codes->reach[block] + codes->rest[block]) / codes->scale[block] * (1 + 1e-6);
        longest = size > longest ? size : longest;
    }
    return (float)((longest < limit ? longest : limit) * (1 + 1e-6));
}

/// Codes a query with a step; returns the sum of the squares of its codes.
CK_INLINE double code_query(const float *query, int32_t d, float step, int32_t limit, int8_t *codes, ck_coded_query *coded) {
    double left = 0, norm = 0, squares = 0;
    int32_t sum = 0;
    for (int32_t t = 0; t < (d + 3) / 4 * 4; t++) {
        const double q = t < d ? query[t] : 0, code = clamped(rint(q / (double)step), limit);
        codes[t] = (int8_t)code;
        sum += (int32_t)code;
        double e = q - code * (double)step;
        left += e * e;
        squares += code * code;
        norm += code * code * (double)step * (double)step;
    }
    *coded = (ck_coded_query){
        codes, sum, step, (float)(sqrt(left) * (1 + 1e-6)), (float)(sqrt(norm) * (1 + 1e-6))};
    return squares;
}

void ck_code_query(const float *query, int32_t d, const ck_codes *keys, int8_t *codes, ck_coded_query *coded) {
    float largest = 0;
    double square = 0;
    for (int32_t t = 0; t < d; t++) {
        largest = fabsf(query[t]) > largest ? fabsf(query[t]) : largest;
        square += (double)query[t] * query[t];
    }
    float step = largest / CK_CODE_FINE;
    if (!(step > 1e-30f)) step = 1e-30f;
    if (keys->most != CK_CODE_COARSE) {
        code_query(query, d, step, CK_CODE_FINE, codes, coded);
        return;
    }
    // No sum of products is larger than the product of two lengths, so a length of the query's codes of 32 767 over that of
    // the longest key's lets every sum fit 16 bits. Rounding may make the codes somewhat longer than the query is.
    const double longest = keys->longest, most = INT16_MAX / (longest > 1 ? longest : 1);
    const float wanted = (float)(sqrt(square) / most * 1.01);
    if (wanted > step) step = wanted;
    while (code_query(query, d, step, CK_CODE_FINE, codes, coded) > most * most) step *= 1.0625f;
}

/// The smallest sum of code products at which a key of the block can reach `lower`.
CK_INLINE int32_t least_sum(const ck_codes *codes, size_t block, const ck_coded_query *query, float lower) {
// Every level rounds in the same places, so that all list the same candidates.
#pragma STDC FP_CONTRACT OFF
    float slack = query->rest * codes->reach[block] + query->norm * codes->rest[block];
    // What the roundings of these few float32 operations can take.
    slack += 1e-6f * (fabsf(lower) + slack);
    float least = (lower - slack) / (query->step * codes->scale[block]);
    // Also where the bound is not a number every key is a candidate.
    least = least > -2e9f ? least : -2e9f;
    least = least < 2e9f ? least : 2e9f;
    return (int32_t)(least - fabsf(least) * 1e-6f) - 2;
}

/// Blocks whose least sums are computed side by side.
#define RUN 32

/// The least sums of blocks first ..< last, at most RUN: a loop of its own, which the compiler turns into vectors.
CK_INLINE void least_sums(
    const ck_codes *codes, size_t first, size_t last, const ck_coded_query *query, float lower, int32_t *least) {
    for (size_t block = first; block < last; block++) least[block - first] = least_sum(codes, block, query, lower);
}

CK_INLINE size_t candidates(
    const ck_codes *codes, size_t first, size_t last, const ck_coded_query *query, float lower, uint32_t *ids) {
    size_t found = 0;
    const int32_t offset = -(codes->most + 1) * query->sum;
    for (size_t block = first; block < last; block++) {
        int32_t sums[BLOCK] __attribute__((aligned(64)));
        const uint8_t *c = codes->codes + block * codes->groups * 4 * BLOCK;
        for (int i = 0; i < BLOCK; i++) sums[i] = offset;
        for (int32_t g = 0; g < codes->groups; g++, c += 4 * BLOCK) {
            const int8_t *q = query->codes + 4 * g;
            for (int i = 0; i < BLOCK; i++)
                sums[i] += c[4 * i] * q[0] + c[4 * i + 1] * q[1] + c[4 * i + 2] * q[2] + c[4 * i + 3] * q[3];
        }
        int32_t least = least_sum(codes, block, query, lower);
        for (int i = 0; i < BLOCK; i++) {
            ids[found] = (uint32_t)(block * BLOCK + i);
            found += sums[i] >= least;
        }
    }
    while (found > 0 && ids[found - 1] >= codes->count) found--;
    return found;
}

CK_INLINE size_t verify(
    const float *keys, int32_t d, const float *q, float lower, uint32_t *ids, float *dots, size_t count) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i += 4) {
        const float *k[4];
        size_t left = count - i < 4 ? count - i : 4;
        if (i + 20 <= count)
            for (size_t r = 16; r < 20; r++) {
                const float *next = keys + (size_t)ids[i + r] * d;
                for (int32_t t = 0; t < d; t += 16) __builtin_prefetch(next + t);
            }
        for (size_t r = 0; r < 4; r++) k[r] = keys + (size_t)ids[r < left ? i + r : i] * d;
        f32x16 a = {}, b = {}, c = {}, e = {}, folded;
        for (int32_t t = 0; t < d; t += 16) {
            f32x16 x = LOAD(q + t);
            a += LOAD(k[0] + t) * x;
            b += LOAD(k[1] + t) * x;
            c += LOAD(k[2] + t) * x;
            e += LOAD(k[3] + t) * x;
        }
        FOLD4(folded, a, b, c, e);
        typedef float f32x4 __attribute__((vector_size(16)));
        f32x4 sum = __builtin_shufflevector(folded, folded, 0, 1, 2, 3) + __builtin_shufflevector(folded, folded, 4, 5, 6, 7);
        sum += __builtin_shufflevector(folded, folded, 8, 9, 10, 11)
               + __builtin_shufflevector(folded, folded, 12, 13, 14, 15);
        for (size_t r = 0; r < left; r++) {
            uint32_t id = ids[i + r];
            ids[kept] = id;
            dots[kept] = sum[r];
            kept += sum[r] >= lower;
        }
    }
    return kept;
}

/// Lists the set bits of the masks of `count` blocks from `block` on.
CK_INLINE size_t expand(const uint64_t *masks, size_t count, size_t block, uint32_t *ids) {
    size_t found = 0;
    for (size_t i = 0; i < count; i++) found += expand_bits(masks[i], (uint32_t)((block + i) * BLOCK), ids + found);
    return found;
}

#include "codes/byte_codes_coarse.h"

#if defined(__x86_64__)
/// Fine codes, which are read at this level only if another chose them, are left to the compiler.
TARGET_AVX2 static size_t candidates_avx2(
    const ck_codes *codes, size_t first, size_t last, const ck_coded_query *query, float lower, uint32_t *ids) {
    return candidates(codes, first, last, query, lower, ids);
}

#include "codes/byte_codes_vnni256.h"

/// Four dimensions of a key in one instruction; the codes lie in the first-level cache, so it runs at the speed of loads.
TARGET_VNNI static size_t candidates_vnni(
    const ck_codes *codes, size_t first, size_t last, const ck_coded_query *query, float lower, uint32_t *ids) {
    size_t found = 0;
    const __m512i offset = _mm512_set1_epi32(-(codes->most + 1) * query->sum);
    const int32_t groups = codes->groups;
    int32_t leasts[RUN];
    uint64_t masks[RUN];
    for (size_t start = first; start < last; start += RUN) {
        size_t run = last - start < RUN ? last - start : RUN;
        least_sums(codes, start, start + run, query, lower, leasts);
        const uint8_t *c = codes->codes + start * groups * 4 * BLOCK;
        for (size_t i = 0; i < run; i++) {
            __m512i s0 = offset, s1 = offset, s2 = offset, s3 = offset;
            for (int32_t g = 0; g < groups; g++, c += 4 * BLOCK) {
                int32_t word;
                __builtin_memcpy(&word, query->codes + 4 * g, 4);
                __m512i q = _mm512_set1_epi32(word);
                s0 = _mm512_dpbusd_epi32(s0, _mm512_loadu_si512(c), q);
                s1 = _mm512_dpbusd_epi32(s1, _mm512_loadu_si512(c + 64), q);
                s2 = _mm512_dpbusd_epi32(s2, _mm512_loadu_si512(c + 128), q);
                s3 = _mm512_dpbusd_epi32(s3, _mm512_loadu_si512(c + 192), q);
            }
            __m512i least = _mm512_set1_epi32(leasts[i]);
            __mmask32 low = _mm512_kunpackw(_mm512_cmpge_epi32_mask(s1, least), _mm512_cmpge_epi32_mask(s0, least));
            __mmask32 high = _mm512_kunpackw(_mm512_cmpge_epi32_mask(s3, least), _mm512_cmpge_epi32_mask(s2, least));
            masks[i] = _mm512_kunpackd(high, low);
        }
        found += expand(masks, run, start, ids + found);
    }
    while (found > 0 && ids[found - 1] >= codes->count) found--;
    return found;
}
#endif

#if defined(__aarch64__)
/// Codes are taken 128 lower, which makes them signed.
TARGET_NEON static size_t candidates_neon(
    const ck_codes *codes, size_t first, size_t last, const ck_coded_query *query, float lower, uint32_t *ids) {
    const uint8x16_t sign = vdupq_n_u8(128);
    int32_t leasts[RUN];
    uint64_t masks[RUN];
    size_t found = 0;
    for (size_t start = first; start < last; start += RUN) {
        const size_t run = last - start < RUN ? last - start : RUN;
        least_sums(codes, start, start + run, query, lower, leasts);
        const uint8_t *c = codes->codes + start * (size_t)codes->groups * 4 * BLOCK;
        for (size_t i = 0; i < run; i++) {
            // Keys 4 part on.
            int32x4_t sums[16];
            for (int part = 0; part < 16; part++) sums[part] = vdupq_n_s32(0);
            for (int32_t g = 0; g < codes->groups; g++, c += 4 * BLOCK) {
                int32_t word;
                __builtin_memcpy(&word, query->codes + 4 * g, sizeof word);
                const int8x16_t q = vreinterpretq_s8_s32(vdupq_n_s32(word));
#pragma clang loop unroll(full)
                for (int part = 0; part < 16; part++)
                    sums[part] = vdotq_s32(
                        sums[part], vreinterpretq_s8_u8(veorq_u8(vld1q_u8(c + 16 * part), sign)), q);
            }
            masks[i] = 0;
            for (int part = 0; part < 16; part++)
                masks[i] |= (uint64_t)bits4(vcgeq_s32(sums[part], vdupq_n_s32(leasts[i]))) << (4 * part);
        }
        found += expand(masks, run, start, ids + found);
    }
    while (found > 0 && ids[found - 1] >= codes->count) found--;
    return found;
}
#endif

#define LEVEL(SUFFIX, TARGET)                                                                                          \
    TARGET static void code_block_##SUFFIX(                                                                            \
        const float *keys, size_t count, int32_t d, int32_t most, uint8_t *codes, float *scale, float *rest,           \
        float *reach) {                                                                                                \
        code_block(keys, count, d, most, codes, scale, rest, reach);                                                   \
    }                                                                                                                  \
    TARGET static size_t verify_##SUFFIX(                                                                              \
        const float *keys, int32_t d, const float *q, float lower, uint32_t *ids, float *dots, size_t count) {         \
        if (d == 64) return verify(keys, 64, q, lower, ids, dots, count);                                              \
        return verify(keys, d, q, lower, ids, dots, count);                                                            \
    }

LEVEL(portable, )
static size_t candidates_portable(
    const ck_codes *codes, size_t first, size_t last, const ck_coded_query *query, float lower, uint32_t *ids) {
    return candidates(codes, first, last, query, lower, ids);
}
#if defined(__x86_64__)
LEVEL(avx2, TARGET_AVX2)
LEVEL(avx512, TARGET_AVX512)
#endif

void ck_code_block(
    const float *keys, size_t count, int32_t d, int32_t most, uint8_t *codes, float *scale, float *rest, float *reach) {
    DISPATCH(code_block, keys, count, d, most, codes, scale, rest, reach);
}

size_t ck_code_candidates(
    const ck_codes *codes, size_t first, size_t last, const ck_coded_query *query, float lower, uint32_t *ids) {
    if (codes->most == CK_CODE_COARSE) return coarse_candidates(codes, first, last, query, lower, ids);
#if defined(__x86_64__)
    // AVX-512 without VNNI has nothing of its own.
    if (ck_level() >= CK_VNNI) return candidates_vnni(codes, first, last, query, lower, ids);
    if (ck_level() == CK_AVXVNNI)
        return ck_has_avx_vnni() ? candidates_avxvnni(codes, first, last, query, lower, ids)
                                 : candidates_vnni256(codes, first, last, query, lower, ids);
    if (ck_level() >= CK_AVX2) return candidates_avx2(codes, first, last, query, lower, ids);
#endif
    DISPATCH_NEON(candidates, codes, first, last, query, lower, ids);
    return candidates_portable(codes, first, last, query, lower, ids);
}

void ck_code_scan(
    const ck_codes *codes, size_t first, size_t last, size_t tile, const ck_coded_query *queries, const float *lower,
    size_t count, uint32_t *ids, size_t stride, size_t *found) {
    for (size_t at = first; at < last; at += tile) {
        size_t end = last - at < tile ? last : at + tile;
        for (size_t i = 0; i < count; i++)
            found[i] += ck_code_candidates(codes, at, end, queries + i, lower[i], ids + i * stride + found[i]);
    }
}

size_t ck_code_verify(
    const float *keys, int32_t d, const float *q, float lower, uint32_t *ids, float *dots, size_t count) {
    // Sixteen short rows side by side are twice as fast as four; long ones are half as fast.
    if (d <= 16) return ck_filter_rows(ck_floats(keys, (size_t)d), (size_t)d, q, lower, ids, dots, count);
    DISPATCH(verify, keys, d, q, lower, ids, dots, count);
}
