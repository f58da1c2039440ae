// The arithmetic that the dense blocks and the tree descent share: lanes are queries, keys are broadcast.
#ifndef CK_LANES_H
#define CK_LANES_H

#include "ckernels.h"
#include "vector/exponential.h"

typedef int32_t i32x16_unaligned __attribute__((ext_vector_type(16), aligned(4), may_alias));

#define LOADI(p) ((i32x16)(*(const i32x16_unaligned *)(p)))
#define STOREI(p, v) (*(i32x16_unaligned *)(p) = (v))

/// How weights are made of scores.
enum { NAIVE = 0, MEMBERS = 1, COUNT = 2 };

CK_INLINE uint32_t lane_bits(const i32x16 *lanes) {
    bit16 packed = __builtin_convertvector(*lanes, bit16);
    uint16_t bits;
    __builtin_memcpy(&bits, &packed, sizeof bits);
    return bits;
}

CK_INLINE void lane_mask(uint32_t bits, i32x16 *lanes) {
    uint16_t narrow = (uint16_t)bits;
    bit16 packed;
    __builtin_memcpy(&packed, &narrow, sizeof narrow);
    *lanes = -__builtin_convertvector(packed, i32x16);
}

/// Whether lane l's query and a key are in the half-space, by the definition.
__attribute__((noinline, unused)) static int lane_definition(
    const ck_lanes *lanes, int lane, const float *key, int32_t d) {
    return ck_exact_dot(lanes->exact + (size_t)lane * d, key, d) / sqrt((double)d) >= lanes->threshold[lane];
}

/// The lanes (of the 16 from `lane` on) whose score s makes key `key` a member, all ones or zero.
CK_INLINE void lane_members(
    const f32x16 *s, const f32x16 *b, const f32x16 *guard, const ck_lanes *lanes, int lane, const float *key, int32_t d,
    uint32_t valid, i32x16 *members) {
    i32x16 likely = *s >= *b - *guard;
    i32x16 surely = *s >= *b + *guard;
    *members = surely;
    i32x16 doubt = likely ^ surely;
    uint32_t doubtful = lane_bits(&doubt) & valid;
    while (__builtin_expect(doubtful != 0, 0)) {
        int l = __builtin_ctz(doubtful);
        doubtful &= doubtful - 1;
        (*members)[l] = -lane_definition(lanes, lane + l, key, d);
    }
}

/// A weight from a score: max(0, s - b)^alpha, or exp(s - shift) where alpha is 0.
#define LANE_WEIGHT(w, s, b, shift, alpha)                                                                             \
    do {                                                                                                               \
        if ((alpha) == 0) {                                                                                            \
            EXPONENTIAL(w, (s) - (shift));                                                                             \
        } else {                                                                                                       \
            f32x16 above_ = (s) - (b);                                                                                    \
            above_ = MAXIMUM(above_, (f32x16){});                                                                         \
            (w) = above_;                                                                                              \
            for (int e_ = 1; e_ < (alpha); e_++) (w) *= above_;                                                        \
        }                                                                                                              \
    } while (0)

/// Rows that fit registers: d = dv = D known to the compiler, U vectors of 16 lanes from `lane` on. Rows first ..< last;
/// `active` holds the lanes that take part (bit l for lane + l, U is 1 then) where not all do.
CK_INLINE void lanes_fused(
    const ck_lane_rows *rows, size_t first, size_t last, const ck_lanes *lanes, int lane, size_t width,
    const ck_lane_sums *sums, int D, int U, int mode, int alpha, uint32_t active) {
    f32x16 q[8][4], acc[8][4], weight[4], b[4], guard[4], shift[4];
    i32x16 count[4], on, limit[4];
    lane_mask(active, &on);
#pragma clang loop unroll(full)
    for (int u = 0; u < U; u++) {
        size_t at = lane + 16 * u;
#pragma clang loop unroll(full)
        for (int t = 0; t < D; t++) {
            q[t][u] = LOAD(lanes->q + t * width + at);
            acc[t][u] = (f32x16){};
        }
        b[u] = LOAD(lanes->b + at);
        weight[u] = (f32x16){};
        if (mode == MEMBERS) {
            guard[u] = LOAD(lanes->guard + at);
            if (alpha == 0) shift[u] = LOAD(lanes->shift + at);
            count[u] = (i32x16){};
        }
        if (lanes->limit) limit[u] = LOADI(lanes->limit + at);
    }
    const float *key = rows->keys + first * D, *value = rows->values + first * D;
    for (size_t i = first; i < last; i++, key += D, value += D) {
#pragma clang loop unroll(full)
        for (int u = 0; u < U; u++) {
            f32x16 s = q[0][u] * key[0];
#pragma clang loop unroll(full)
            for (int t = 1; t < D; t++) s += q[t][u] * key[t];
            f32x16 w;
            LANE_WEIGHT(w, s, b[u], shift[u], alpha);
            if (mode == MEMBERS) {
                i32x16 in;
                lane_members(&s, &b[u], &guard[u], lanes, lane + 16 * u, key, D, active, &in);
                in &= on;
                if (lanes->limit) in &= limit[u] > (int32_t)i;
                w = (f32x16)((i32x16)w & in);
                count[u] -= in;
            } else if (lanes->limit) {
                w = (f32x16)((i32x16)w & (limit[u] > (int32_t)i));
            }
            weight[u] += w;
#pragma clang loop unroll(full)
            for (int t = 0; t < D; t++) acc[t][u] += w * value[t];
        }
    }
#pragma clang loop unroll(full)
    for (int u = 0; u < U; u++) {
        size_t at = lane + 16 * u;
#pragma clang loop unroll(full)
        for (int t = 0; t < D; t++) {
            float *out = sums->values + t * width + at;
            STORE(out, LOAD(out) + acc[t][u]);
        }
        STORE(sums->weight + at, LOAD(sums->weight + at) + weight[u]);
        if (mode == MEMBERS) STOREI(sums->count + at, LOADI(sums->count + at) + count[u]);
    }
}

#endif
