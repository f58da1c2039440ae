#include "ckernels.h"
#include "vector/compress4.h"
#include "vector/compress8.h"
#include "vector/expand_bits.h"
#include "vector/f32x16.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Every level rounds in the same places, so that all list the same candidates.
#pragma STDC FP_CONTRACT OFF

CK_INLINE size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

/// Fetches a record of `bytes` bytes.
CK_INLINE void fetch(const uint8_t *p, size_t bytes) {
    for (size_t b = 0; b < bytes; b += 64) FETCH(p + b);
}

CK_INLINE size_t list_nodes(const ck_boxes *b, const ck_boxes_query *x, uint32_t *nodes, float *dots) {
    const size_t d = b->d;
    size_t found = 0;
    const f32x16 lower = SPLAT(x->lower);
    for (size_t first = 0; first < b->nodes; first += 16) {
        const float *group = b->tops + first * (2 * d + 1);
        f32x16 centre = {}, half = {};
        for (size_t t = 0; t < d; t++) {
            f32x16 c = LOAD(group + 16 * t) * x->q[t];
            centre += c;
            f32x16 h = LOAD(group + 16 * (d + t)) * x->magnitude[t];
            half += h;
        }
        f32x16 ball = LOAD(group + 32 * d) * x->norm;
        half = (f32x16)(((i32x16)half & (half < ball)) | ((i32x16)ball & ~(half < ball)));
        i32x16 in = centre + half >= lower;
        const size_t present = smaller(16, b->nodes - first);
        for (size_t l = 0; l < present; l++) {
            nodes[found] = (uint32_t)(first + l);
            dots[found] = centre[l];
            found += in[l] & 1;
        }
    }
    return found;
}

/// What a node's bounds are made of: dot = base + scale * code sum, reach = min(across * half sum, radius * code). The least
/// sum of a leaf's codes is (lower - dot) * inverse / step - error byte * error_weight + offset.
typedef struct {
    float scale, across, radius, rest, inverse, offset;
} node_bound;

CK_INLINE node_bound node_bound_of(const ck_boxes_query *x, const uint8_t *box) {
    float head[4];
    memcpy(head, box, sizeof head);
    // The last term is for what float32 may lose of the others.
    const float offset = x->middle_sum - x->spread_weight * head[3];
    const float lost = (fabsf(x->middle_sum) + fabsf(offset) + 255 * x->error_weight) * 0x1p-20f + 2;
    return (node_bound){
        .scale = head[0] * x->unit,
        .across = head[0] * x->absolute_unit,
        .radius = head[1] * x->norm,
        .rest = head[0] * 128 * x->rest,
        .inverse = 1 / (head[2] * x->code_unit),
        .offset = offset - lost,
    };
}

CK_INLINE size_t list_leaves(
    const ck_boxes *b, const ck_boxes_query *x, const uint32_t *nodes, const float *dots, size_t count,
    uint32_t *leaves, int32_t *leasts, size_t *whole) {
    const size_t vectors = (b->d + 3) / 4;
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        const uint8_t *box = b->boxes + nodes[i] * b->box_bytes;
        if (i + 16 < count) fetch(b->boxes + nodes[i + 16] * b->box_bytes, b->box_bytes);
        const node_bound bound = node_bound_of(x, box);
        int32_t high[16] = {0}, low[16] = {0}, half[16] = {0};
        for (size_t v = 0; v < vectors; v++) {
            const uint8_t *c = box + CK_NODE_HEAD + 128 * v, *h = c + 64;
            for (size_t l = 0; l < 16; l++)
                for (size_t t = 0; t < 4; t++) {
                    high[l] += c[4 * l + t] * x->high[4 * v + t];
                    low[l] += c[4 * l + t] * x->low[4 * v + t];
                    half[l] += h[4 * l + t] * x->absolute[4 * v + t];
                }
        }
        const size_t first = (size_t)nodes[i] * CK_LEAVES, present = smaller(CK_LEAVES, b->leaves - first);
        for (size_t l = 0; l < present; l++) {
            float dot = dots[i] + bound.scale * (float)(128 * (high[l] - x->sum) + low[l]);
            float box_reach = bound.across * (float)half[l], ball = bound.radius * (float)box[16 + l];
            float reach = (box_reach < ball ? box_reach : ball) + bound.rest;
            int inside = dot - reach >= x->upper;
            float least = (x->lower - (dot + bound.rest)) * (bound.inverse / (float)box[32 + l]);
            least = least - (float)box[48 + l] * x->error_weight + bound.offset;
            least = least - fabsf(least) * 0x1p-20f;
            least = least > -2e9f ? least : -2e9f;
            least = least < 2e9f ? least : 2e9f;
            leaves[found] = (uint32_t)(first + l);
            leasts[found] = inside ? INT32_MIN : (int32_t)least;
            int in = dot + reach >= x->lower;
            found += (size_t)in;
            *whole += (size_t)(in & inside);
        }
    }
    return found;
}

/// How many leaves ahead are fetched.
CK_INLINE size_t leaves_ahead(size_t vectors) { return FETCHED_LINES / vectors + 1; }

/// Fetches the codes of the first of `count` leaves, of `vectors` groups of dimensions; ``codes_of`` fetches those that follow.
CK_INLINE void fetch_leaves(const ck_boxes *b, const uint32_t *leaves, size_t count, size_t vectors) {
    const size_t bytes = 64 * vectors;
    for (size_t i = 0; i < leaves_ahead(vectors) && i < count; i++) fetch(b->codes + leaves[i] * bytes, bytes);
}

/// The codes of leaf i of `count`.
CK_INLINE const uint8_t *codes_of(
    const ck_boxes *b, const uint32_t *leaves, size_t i, size_t count, size_t vectors) {
    const size_t bytes = 64 * vectors, next = i + leaves_ahead(vectors);
    if (next < count) fetch(b->codes + leaves[next] * bytes, bytes);
    return b->codes + leaves[i] * bytes;
}

CK_INLINE size_t list_keys(
    const ck_boxes *b, const ck_boxes_query *x, const uint32_t *leaves, const int32_t *leasts, size_t count,
    uint32_t *ids) {
    const size_t vectors = (b->d + 3) / 4;
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        const uint8_t *leaf = codes_of(b, leaves, i, count, vectors);
        int32_t sums[CK_LEAF] = {0};
        for (size_t v = 0; v < vectors; v++) {
            const uint8_t *c = leaf + 64 * v;
            const int8_t *y = x->high + 4 * v;
            for (size_t j = 0; j < 16; j++)
                for (size_t t = 0; t < 4; t++) {
                    sums[j] += (c[4 * j + t] & 15) * y[t];
                    sums[16 + j] += (c[4 * j + t] >> 4) * y[t];
                }
        }
        const size_t first = (size_t)leaves[i] * CK_LEAF, present = smaller(CK_LEAF, b->count - first);
        for (size_t j = 0; j < present; j++) {
            ids[found] = (uint32_t)(first + j);
            found += 16 * sums[j] >= leasts[i];
        }
    }
    return found;
}

#if defined(__x86_64__)
TARGET_VNNI static size_t leaves_vnni(
    const ck_boxes *b, const ck_boxes_query *x, const uint32_t *nodes, const float *dots, size_t count,
    uint32_t *leaves, int32_t *leasts, size_t *whole) {
    const size_t vectors = (b->d + 3) / 4;
    const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const __m512 lower = _mm512_set1_ps(x->lower), upper = _mm512_set1_ps(x->upper);
    const __m512 error_weight = _mm512_set1_ps(x->error_weight);
    const __m512i nothing = _mm512_set1_epi32(INT32_MIN);
    const __m512i offset = _mm512_set1_epi32(-x->sum);
    int32_t high[CK_BOXES_MOST / 4], low[CK_BOXES_MOST / 4], absolute[CK_BOXES_MOST / 4];
    memcpy(high, x->high, 4 * vectors);
    memcpy(low, x->low, 4 * vectors);
    memcpy(absolute, x->absolute, 4 * vectors);
    size_t found = 0, inside_count = 0;
    for (size_t i = 0; i < count; i++) {
        const uint8_t *box = b->boxes + nodes[i] * b->box_bytes;
        if (i + 16 < count) fetch(b->boxes + nodes[i + 16] * b->box_bytes, b->box_bytes);
        const node_bound bound = node_bound_of(x, box);
        __m512i s = offset, r = _mm512_setzero_si512(), h = r;
        const uint8_t *at = box + CK_NODE_HEAD;
        for (size_t v = 0; v < vectors; v++, at += 128) {
            const __m512i c = _mm512_loadu_si512(at);
            s = _mm512_dpbusd_epi32(s, c, _mm512_set1_epi32(high[v]));
            r = _mm512_dpbusd_epi32(r, c, _mm512_set1_epi32(low[v]));
            h = _mm512_dpbusd_epi32(h, _mm512_loadu_si512(at + 64), _mm512_set1_epi32(absolute[v]));
        }
        s = _mm512_add_epi32(_mm512_slli_epi32(s, 7), r);
        const __m512 rest = _mm512_set1_ps(bound.rest);
        const __m512 dot = _mm512_add_ps(
            _mm512_set1_ps(dots[i]), _mm512_mul_ps(_mm512_set1_ps(bound.scale), _mm512_cvtepi32_ps(s)));
        const __m512 across = _mm512_mul_ps(_mm512_set1_ps(bound.across), _mm512_cvtepi32_ps(h));
        const __m512 ball = _mm512_mul_ps(
            _mm512_set1_ps(bound.radius),
            _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)(box + 16)))));
        const __m512 reach = _mm512_add_ps(_mm512_min_ps(across, ball), rest);
        const size_t first = (size_t)nodes[i] * CK_LEAVES;
        const uint32_t valid = b->leaves - first >= CK_LEAVES ? 0xffff : (1u << (b->leaves - first)) - 1;
        const uint32_t in = valid & _mm512_cmp_ps_mask(_mm512_add_ps(dot, reach), lower, _CMP_GE_OQ);
        const uint32_t inside = in & _mm512_cmp_ps_mask(_mm512_sub_ps(dot, reach), upper, _CMP_GE_OQ);
        const __m512 step = _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)(box + 32))));
        const __m512 error = _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)(box + 48))));
        __m512 least = _mm512_mul_ps(
            _mm512_sub_ps(lower, _mm512_add_ps(dot, rest)), _mm512_div_ps(_mm512_set1_ps(bound.inverse), step));
        least = _mm512_add_ps(
            _mm512_sub_ps(least, _mm512_mul_ps(error, error_weight)), _mm512_set1_ps(bound.offset));
        least = _mm512_sub_ps(least, _mm512_mul_ps(_mm512_abs_ps(least), _mm512_set1_ps(0x1p-20f)));
        least = _mm512_min_ps(_mm512_max_ps(least, _mm512_set1_ps(-2e9f)), _mm512_set1_ps(2e9f));
        const __m512i sum = _mm512_mask_mov_epi32(_mm512_cvttps_epi32(least), (__mmask16)inside, nothing);
        const __m512i id = _mm512_add_epi32(lanes, _mm512_set1_epi32((int)first));
        _mm512_storeu_si512(leaves + found, _mm512_maskz_compress_epi32((__mmask16)in, id));
        _mm512_storeu_si512(leasts + found, _mm512_maskz_compress_epi32((__mmask16)in, sum));
        found += (size_t)__builtin_popcount(in);
        inside_count += (size_t)__builtin_popcount(inside);
    }
    *whole += inside_count;
    return found;
}

// With VNNI the high halves of bytes stay where they are, and their sums are 16 times too large; without it sums of two
// products must fit 16 bits, and halves are moved first.
#define DOT(sum, codes, query) sum = _mm512_dpbusd_epi32(sum, codes, query)
#define MADD(sum, codes, query)                                                                                    \
    sum = _mm512_add_epi32(sum, _mm512_madd_epi16(_mm512_maddubs_epi16(codes, query), ones))
#define UPPER_IN_PLACE(a) _mm512_andnot_si512(fifteen, a)
#define UPPER_MOVED(a) _mm512_and_si512(_mm512_srli_epi16(a, 4), fifteen)
#define IN_PLACE(sum) (sum)
#define TIMES_16(sum) _mm512_slli_epi32(sum, 4)

/// Keys part ... part + 15 of a leaf.
#define KEYS(part, sums)                                                                                           \
    do {                                                                                                           \
        uint32_t mask_ = _mm512_cmpge_epi32_mask(sums, least);                                                     \
        const size_t at_ = (size_t)leaves[i] * CK_LEAF + (part);                                                   \
        if (at_ + 16 > b->count) mask_ &= at_ >= b->count ? 0 : (1u << (b->count - at_)) - 1;                      \
        const __m512i id_ = _mm512_add_epi32(lanes, _mm512_set1_epi32((int)at_));                                  \
        _mm512_storeu_si512(ids + found, _mm512_maskz_compress_epi32((__mmask16)mask_, id_));                      \
        found += (size_t)__builtin_popcount(mask_);                                                                \
    } while (0)

#define KEY_BODY(NAME, TARGET, STEP, UPPER, UPPER_SUM)                                                             \
    TARGET CK_INLINE size_t NAME##_body(                                                                           \
        const ck_boxes *b, const ck_boxes_query *x, const uint32_t *leaves, const int32_t *leasts, size_t count,  \
        uint32_t *ids, size_t vectors) {                                                                           \
        const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);             \
        const __m512i fifteen = _mm512_set1_epi8(15), ones = _mm512_set1_epi16(1);                                 \
        (void)ones;                                                                                                \
        int32_t query[CK_BOXES_MOST / 4];                                                                          \
        memcpy(query, x->high, 4 * vectors);                                                                       \
        size_t found = 0;                                                                                          \
        fetch_leaves(b, leaves, count, vectors);                                                                   \
        for (size_t i = 0; i < count; i++) {                                                                       \
            const uint8_t *leaf = codes_of(b, leaves, i, count, vectors);                                          \
            const __m512i least = _mm512_set1_epi32(leasts[i]);                                                 \
            __m512i s0 = _mm512_setzero_si512(), s1 = s0;                                                          \
            const uint8_t *at = leaf;                                                                              \
            for (size_t v = 0; v < vectors; v++, at += 64) {                                                       \
                const __m512i y = _mm512_set1_epi32(query[v]), a = _mm512_loadu_si512(at);                         \
                STEP(s0, _mm512_and_si512(a, fifteen), y);                                                         \
                STEP(s1, UPPER(a), y);                                                                             \
            }                                                                                                      \
            KEYS(0, TIMES_16(s0));                                                                                 \
            KEYS(16, UPPER_SUM(s1));                                                                               \
        }                                                                                                          \
        return found;                                                                                              \
    }                                                                                                              \
    TARGET static size_t NAME(                                                                                     \
        const ck_boxes *b, const ck_boxes_query *x, const uint32_t *leaves, const int32_t *leasts, size_t count,  \
        uint32_t *ids) {                                                                                           \
        /* Short loops are compiled with their length known. */                                                    \
        switch ((b->d + 3) / 4) {                                                                                  \
        case 2: return NAME##_body(b, x, leaves, leasts, count, ids, 2);                                        \
        case 3: return NAME##_body(b, x, leaves, leasts, count, ids, 3);                                        \
        case 4: return NAME##_body(b, x, leaves, leasts, count, ids, 4);                                        \
        default: return NAME##_body(b, x, leaves, leasts, count, ids, (b->d + 3) / 4);                          \
        }                                                                                                          \
    }

KEY_BODY(keys_vnni, TARGET_VNNI, DOT, UPPER_IN_PLACE, IN_PLACE)
KEY_BODY(keys_avx512, TARGET_AVX512, MADD, UPPER_MOVED, TIMES_16)
#endif

#define LEVEL(SUFFIX, TARGET)                                                                                      \
    TARGET static size_t nodes_##SUFFIX(                                                                           \
        const ck_boxes *b, const ck_boxes_query *x, uint32_t *nodes, float *dots) {                                \
        return list_nodes(b, x, nodes, dots);                                                                      \
    }
#define LEAF_LEVEL(SUFFIX, TARGET)                                                                                 \
    TARGET static size_t leaves_##SUFFIX(                                                                          \
        const ck_boxes *b, const ck_boxes_query *x, const uint32_t *nodes, const float *dots, size_t count,        \
        uint32_t *leaves, int32_t *leasts, size_t *whole) {                                                        \
        return list_leaves(b, x, nodes, dots, count, leaves, leasts, whole);                                       \
    }

static size_t keys_portable(
    const ck_boxes *b, const ck_boxes_query *x, const uint32_t *leaves, const int32_t *leasts, size_t count,
    uint32_t *ids) {
    return list_keys(b, x, leaves, leasts, count, ids);
}

LEVEL(portable, )
LEAF_LEVEL(portable, )
#if defined(__x86_64__)
LEVEL(avx2, TARGET_AVX2)
LEVEL(avx512, TARGET_AVX512)
LEAF_LEVEL(avx512, TARGET_AVX512)
#include "boxes/boxes_avx2.h"
#include "boxes/boxes_vnni256.h"
#elif defined(__aarch64__)
#include "boxes/boxes_neon.h"
#endif

size_t ck_boxes_nodes(const ck_boxes *boxes, const ck_boxes_query *query, uint32_t *nodes, float *dots) {
    DISPATCH(nodes, boxes, query, nodes, dots);
}

size_t ck_boxes_leaves(
    const ck_boxes *boxes, const ck_boxes_query *query, const uint32_t *nodes, const float *dots, size_t count,
    uint32_t *leaves, int32_t *leasts, size_t *whole) {
    DISPATCH_NEON(leaves, boxes, query, nodes, dots, count, leaves, leasts, whole);
    DISPATCH_VNNI256(leaves, boxes, query, nodes, dots, count, leaves, leasts, whole);
}

size_t ck_boxes_keys(
    const ck_boxes *boxes, const ck_boxes_query *query, const uint32_t *leaves, const int32_t *leasts, size_t count,
    uint32_t *ids) {
    DISPATCH_NEON(keys, boxes, query, leaves, leasts, count, ids);
    DISPATCH_VNNI256(keys, boxes, query, leaves, leasts, count, ids);
}
