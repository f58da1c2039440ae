#include "ckernels.h"
#include "vector/tile.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define BLOCK 64

CK_INLINE void code_block(
    const float *keys, size_t count, int32_t d, uint8_t *codes, float *scale, float *rest, float *reach) {
    float largest = 0;
    for (size_t i = 0; i < count * (size_t)d; i++) {
        float size = fabsf(keys[i]);
        largest = size > largest ? size : largest;
    }
    double step = largest > 0 ? (double)largest / 127 : 1;
    if (!(step > 1e-30)) step = 1e-30;
    double most_rest = 0, most_reach = 0;
    int32_t groups = (d + 3) / 4;
    for (size_t i = 0; i < (size_t)groups * 4 * BLOCK; i++) codes[i] = 128;
    *scale = (float)step;
    const double coded = (double)*scale, inverse = 1 / coded;
    for (size_t i = 0; i < count; i++) {
        double left = 0, norm = 0;
        for (int32_t t = 0; t < d; t++) {
            double k = keys[i * d + t];
            double code = rint(k * inverse);
            code = code > 127 ? 127 : code < -127 ? -127 : code;
            codes[((size_t)(t / 4) * BLOCK + i) * 4 + t % 4] = (uint8_t)(code + 128);
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

void ck_code_query(const float *query, int32_t d, int8_t *codes, ck_coded_query *coded) {
    float largest = 0;
    for (int32_t t = 0; t < d; t++) largest = fabsf(query[t]) > largest ? fabsf(query[t]) : largest;
    float step = largest / 127;
    if (!(step > 1e-30f)) step = 1e-30f;
    double left = 0, norm = 0;
    int32_t sum = 0;
    for (int32_t t = 0; t < (d + 3) / 4 * 4; t++) {
        double q = t < d ? query[t] : 0, code = rint(q / (double)step);
        code = code > 127 ? 127 : code < -127 ? -127 : code;
        codes[t] = (int8_t)code;
        sum += (int32_t)code;
        double e = q - code * (double)step;
        left += e * e;
        norm += code * code * (double)step * (double)step;
    }
    *coded = (ck_coded_query){
        codes, sum, step, (float)(sqrt(left) * (1 + 1e-6)), (float)(sqrt(norm) * (1 + 1e-6))};
}

/// The smallest sum of code products at which a key of the block can reach `lower`.
CK_INLINE int32_t least_sum(const ck_codes *codes, size_t block, const ck_coded_query *query, float lower) {
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
    int32_t offset = -128 * query->sum;
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

/// Lists the set bits of the masks of `count` blocks from `block` on. Four are written at a time whether there are four or
/// not: few bits are set, and a branch for each would be guessed wrong.
CK_INLINE size_t expand(const uint64_t *masks, size_t count, size_t block, uint32_t *ids) {
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t mask = masks[i];
        size_t bits = (size_t)__builtin_popcountll(mask);
        uint32_t base = (uint32_t)((block + i) * BLOCK);
        uint32_t *out = ids + found;
        found += bits;
        for (;;) {
            for (int r = 0; r < 4; r++) {
                out[r] = base + (mask ? (uint32_t)__builtin_ctzll(mask) : 0);
                mask &= mask - 1;
            }
            if (__builtin_expect(bits <= 4, 1)) break;
            bits -= 4;
            out += 4;
        }
    }
    return found;
}

#if defined(__x86_64__)
/// Four dimensions of a key in one instruction; the codes lie in the first-level cache, so it runs at the speed of loads.
__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,fma,avx2,bmi,bmi2,popcnt"))) static size_t
candidates_vnni(
    const ck_codes *codes, size_t first, size_t last, const ck_coded_query *query, float lower, uint32_t *ids) {
    size_t found = 0;
    const __m512i offset = _mm512_set1_epi32(-128 * query->sum);
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

#define LEVEL(SUFFIX, TARGET)                                                                                          \
    TARGET static void code_block_##SUFFIX(                                                                            \
        const float *keys, size_t count, int32_t d, uint8_t *codes, float *scale, float *rest, float *reach) {         \
        code_block(keys, count, d, codes, scale, rest, reach);                                                         \
    }                                                                                          \
    TARGET static size_t candidates_##SUFFIX(                                                                          \
        const ck_codes *codes, size_t first, size_t last, const ck_coded_query *query, float lower, uint32_t *ids) {   \
        return candidates(codes, first, last, query, lower, ids);                                                      \
    }                                                                                                                  \
    TARGET static size_t verify_##SUFFIX(                                                                              \
        const float *keys, int32_t d, const float *q, float lower, uint32_t *ids, float *dots, size_t count) {         \
        if (d == 64) return verify(keys, 64, q, lower, ids, dots, count);                                              \
        if (d == 16) return verify(keys, 16, q, lower, ids, dots, count);                                              \
        return verify(keys, d, q, lower, ids, dots, count);                                                            \
    }

LEVEL(portable, )
#if defined(__x86_64__)
LEVEL(avx2, TARGET_AVX2)
LEVEL(avx512, TARGET_AVX512)
#endif

void ck_code_block(
    const float *keys, size_t count, int32_t d, uint8_t *codes, float *scale, float *rest, float *reach) {
    DISPATCH(code_block, keys, count, d, codes, scale, rest, reach);
}

size_t ck_code_candidates(
    const ck_codes *codes, size_t first, size_t last, const ck_coded_query *query, float lower, uint32_t *ids) {
    DISPATCH_VNNI(candidates, codes, first, last, query, lower, ids);
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
    DISPATCH(verify, keys, d, q, lower, ids, dots, count);
}
