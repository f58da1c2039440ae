#include "prefill/lanes.h"

// A block of 64 queries against rows: scores of a chunk of 64 keys by a register tile, weights in place, values by a
// second register tile. Short rows never leave the registers.

#define WIDTH CK_BLOCK_LANES
#define CHUNK 64

/// Scores of `count` keys (rounded up to ROWS) to s [count][64].
CK_INLINE void block_scores(
    const float *keys, size_t count, int32_t d, const float *q, float *s, int ROWS, int VECTORS) {
    for (size_t i = 0; i < count; i += ROWS) {
        const float *key = keys + i * d;
        for (int half = 0; half < 4; half += VECTORS) {
            f32x16 acc[4][4];
#pragma clang loop unroll(full)
            for (int r = 0; r < ROWS; r++)
#pragma clang loop unroll(full)
                for (int v = 0; v < VECTORS; v++) acc[r][v] = (f32x16){};
            for (int32_t t = 0; t < d; t++) {
                f32x16 x[4];
#pragma clang loop unroll(full)
                for (int v = 0; v < VECTORS; v++) x[v] = LOAD(q + WIDTH * t + 16 * (half + v));
#pragma clang loop unroll(full)
                for (int r = 0; r < ROWS; r++) {
                    f32x16 k = SPLAT(key[r * d + t]);
#pragma clang loop unroll(full)
                    for (int v = 0; v < VECTORS; v++) acc[r][v] += k * x[v];
                }
            }
#pragma clang loop unroll(full)
            for (int r = 0; r < ROWS; r++)
#pragma clang loop unroll(full)
                for (int v = 0; v < VECTORS; v++) STORE(s + (i + r) * WIDTH + 16 * (half + v), acc[r][v]);
        }
    }
}

/// Adds w [count][64] times values to `out` [dv][64].
CK_INLINE void block_values(
    const float *values, size_t count, int32_t dv, const float *w, float *out, int ROWS, int VECTORS) {
    for (int32_t t = 0; t < dv; t += ROWS) {
        int rows = dv - t < ROWS ? dv - t : ROWS;
        for (int half = 0; half < 4; half += VECTORS) {
            f32x16 acc[4][4];
#pragma clang loop unroll(full)
            for (int r = 0; r < ROWS; r++)
#pragma clang loop unroll(full)
                for (int v = 0; v < VECTORS; v++)
                    acc[r][v] = r < rows ? LOAD(out + (t + r) * WIDTH + 16 * (half + v)) : (f32x16){};
            const float *value = values + t;
            for (size_t i = 0; i < count; i++, value += dv) {
                f32x16 x[4];
#pragma clang loop unroll(full)
                for (int v = 0; v < VECTORS; v++) x[v] = LOAD(w + i * WIDTH + 16 * (half + v));
#pragma clang loop unroll(full)
                for (int r = 0; r < ROWS; r++) {
                    // Past dv stands the next row's beginning: its sums are not stored.
                    f32x16 y = SPLAT(value[r]);
#pragma clang loop unroll(full)
                    for (int v = 0; v < VECTORS; v++) acc[r][v] += y * x[v];
                }
            }
#pragma clang loop unroll(full)
            for (int r = 0; r < ROWS; r++)
#pragma clang loop unroll(full)
                for (int v = 0; v < VECTORS; v++)
                    if (r < rows) STORE(out + (t + r) * WIDTH + 16 * (half + v), acc[r][v]);
        }
    }
}

/// Zeroes (or sets to `hidden`) what a lane does not see.
CK_INLINE void block_limit(const ck_lanes *lanes, size_t at, size_t count, float *s, float hidden) {
    for (int v = 0; v < 4; v++) {
        i32x16 limit = LOADI(lanes->limit + 16 * v);
        for (size_t i = 0; i < count; i++) {
            i32x16 seen = limit > (int32_t)(at + i);
            f32x16 x = LOAD(s + i * WIDTH + 16 * v);
            x = (f32x16)(((i32x16)x & seen) | ((i32x16)SPLAT(hidden) & ~seen));
            STORE(s + i * WIDTH + 16 * v, x);
        }
    }
}

/// Weights in place of the scores of a chunk, with their sums.
CK_INLINE void block_weights(
    const ck_lane_rows *rows, size_t at, size_t count, const ck_lanes *lanes, float *s, int mode, int alpha,
    float *weight_sums, int32_t *counts) {
    for (int v = 0; v < 4; v++) {
        f32x16 b = LOAD(lanes->b + 16 * v), weight = {}, guard, shift = {};
        i32x16 members = {}, limit;
        if (mode != NAIVE) {
            guard = LOAD(lanes->guard + 16 * v);
            if (alpha == 0 && mode == MEMBERS) shift = LOAD(lanes->shift + 16 * v);
        }
        if (lanes->limit) limit = LOADI(lanes->limit + 16 * v);
        for (size_t i = 0; i < count; i++) {
            f32x16 x = LOAD(s + i * WIDTH + 16 * v), w = {};
            if (mode != COUNT) LANE_WEIGHT(w, x, b, shift, alpha);
            if (mode != NAIVE) {
                i32x16 in;
                lane_members(&x, &b, &guard, lanes, 16 * v, rows->keys + (at + i) * rows->d, rows->d, 0xffff, &in);
                if (lanes->limit) in &= limit > (int32_t)(at + i);
                members -= in;
                w = (f32x16)((i32x16)w & in);
            } else if (lanes->limit) {
                w = (f32x16)((i32x16)w & (limit > (int32_t)(at + i)));
            }
            if (mode != COUNT) {
                weight += w;
                STORE(s + i * WIDTH + 16 * v, w);
            }
        }
        if (mode != COUNT) STORE(weight_sums + 16 * v, LOAD(weight_sums + 16 * v) + weight);
        if (mode != NAIVE) STOREI(counts + 16 * v, LOADI(counts + 16 * v) + members);
    }
}

CK_INLINE void block_sum(
    const ck_lane_rows *rows, size_t first, size_t last, const ck_lanes *lanes, const ck_lane_sums *sums, int mode,
    int alpha, int ROWS, int VECTORS) {
    float s[CHUNK * WIDTH] __attribute__((aligned(64)));
    for (size_t at = first; at < last; at += CHUNK) {
        size_t count = last - at < CHUNK ? last - at : CHUNK;
        block_scores(rows->keys + at * rows->d, count, rows->d, lanes->q, s, ROWS, VECTORS);
        block_weights(rows, at, count, lanes, s, mode, alpha, sums->weight, sums->count);
        if (mode != COUNT)
            block_values(rows->values + at * rows->dv, count, rows->dv, s, sums->values, ROWS, VECTORS);
    }
}

CK_INLINE void block_softmax(
    const ck_lane_rows *rows, size_t first, size_t last, const ck_lanes *lanes, float *largest,
    const ck_lane_sums *sums, int ROWS, int VECTORS) {
    float s[CHUNK * WIDTH] __attribute__((aligned(64)));
    for (size_t at = first; at < last; at += CHUNK) {
        size_t count = last - at < CHUNK ? last - at : CHUNK;
        block_scores(rows->keys + at * rows->d, count, rows->d, lanes->q, s, ROWS, VECTORS);
        if (lanes->limit) block_limit(lanes, at, count, s, -INFINITY);
        for (int v = 0; v < 4; v++) {
            f32x16 old = LOAD(largest + 16 * v), top = LOAD(s + 16 * v);
            for (size_t i = 1; i < count; i++) {
                f32x16 x = LOAD(s + i * WIDTH + 16 * v);
                top = MAXIMUM(x, top);
            }
            top = MAXIMUM(old, top);
            i32x16 rises = top > old;
            if (lane_bits(&rises)) {
                f32x16 factor;
                EXPONENTIAL(factor, old - top);
                // Where nothing was seen yet there is nothing to rescale (and -inf minus -inf is no number).
                factor = (f32x16)((i32x16)factor & (old > SPLAT(-INFINITY)));
                factor = (f32x16)(((i32x16)factor & rises) | ((i32x16)SPLAT(1) & ~rises));
                STORE(largest + 16 * v, top);
                STORE(sums->weight + 16 * v, LOAD(sums->weight + 16 * v) * factor);
                for (int32_t t = 0; t < rows->dv; t++) {
                    float *out = sums->values + t * WIDTH + 16 * v;
                    STORE(out, LOAD(out) * factor);
                }
            }
            // A lane that sees nothing so far has no maximum to subtract.
            f32x16 base = (f32x16)((i32x16)top & (top > SPLAT(-INFINITY)));
            f32x16 weight = {};
            for (size_t i = 0; i < count; i++) {
                f32x16 e;
                EXPONENTIAL(e, LOAD(s + i * WIDTH + 16 * v) - base);
                STORE(s + i * WIDTH + 16 * v, e);
                weight += e;
            }
            STORE(sums->weight + 16 * v, LOAD(sums->weight + 16 * v) + weight);
        }
        block_values(rows->values + at * rows->dv, count, rows->dv, s, sums->values, ROWS, VECTORS);
    }
}

/// Lists, for each lane, the scores that are above a bound and within `reach` of its largest so far.
CK_INLINE void block_near(
    const ck_lane_rows *rows, size_t first, size_t last, const ck_lanes *lanes, float reach, float *largest,
    const float *bounds, float *lists, size_t stride, int32_t *counts, int ROWS, int VECTORS) {
    float s[CHUNK * WIDTH] __attribute__((aligned(64)));
    for (size_t at = first; at < last; at += CHUNK) {
        size_t count = last - at < CHUNK ? last - at : CHUNK;
        block_scores(rows->keys + at * rows->d, count, rows->d, lanes->q, s, ROWS, VECTORS);
        if (lanes->limit) block_limit(lanes, at, count, s, -INFINITY);
        for (int v = 0; v < 4; v++) {
            f32x16 top = LOAD(largest + 16 * v), lowest = LOAD(bounds + 16 * v);
            for (size_t i = 0; i < count; i++) {
                f32x16 x = LOAD(s + i * WIDTH + 16 * v);
                top = MAXIMUM(x, top);
            }
            STORE(largest + 16 * v, top);
            f32x16 low = top - reach;
            low = MAXIMUM(low, lowest);
            for (size_t i = 0; i < count; i++) {
                i32x16 near = LOAD(s + i * WIDTH + 16 * v) >= low;
                for (uint32_t bits = lane_bits(&near); bits; bits &= bits - 1) {
                    int lane = 16 * v + __builtin_ctz(bits);
                    lists[lane * stride + counts[lane]++] = s[i * WIDTH + lane];
                }
            }
        }
    }
}

/// w = (max(0, s - b) scale)^exponent: few weights are not zero, so those are raised one by one.
CK_INLINE void block_real_power(
    const ck_lane_rows *rows, size_t first, size_t last, const ck_lanes *lanes, float scale, float exponent,
    const ck_lane_sums *sums, int ROWS, int VECTORS) {
    float s[CHUNK * WIDTH] __attribute__((aligned(64)));
    float unused[WIDTH] = {};
    for (size_t at = first; at < last; at += CHUNK) {
        size_t count = last - at < CHUNK ? last - at : CHUNK;
        block_scores(rows->keys + at * rows->d, count, rows->d, lanes->q, s, ROWS, VECTORS);
        block_weights(rows, at, count, lanes, s, NAIVE, 1, unused, 0);
        for (int v = 0; v < 4; v++) {
            f32x16 weight = LOAD(sums->weight + 16 * v);
            for (size_t i = 0; i < count; i++) {
                f32x16 w = LOAD(s + i * WIDTH + 16 * v);
                i32x16 on = w > 0;
                uint32_t bits = lane_bits(&on);
                if (!bits) continue;
                for (; bits; bits &= bits - 1) {
                    float *x = s + i * WIDTH + 16 * v + __builtin_ctz(bits);
                    *x = powf(*x * scale, exponent);
                }
                weight += LOAD(s + i * WIDTH + 16 * v);
            }
            STORE(sums->weight + 16 * v, weight);
        }
        block_values(rows->values + at * rows->dv, count, rows->dv, s, sums->values, ROWS, VECTORS);
    }
}

/// Short rows: registers alone. U vectors of lanes at a time, as many as fit.
CK_INLINE void block_fused(
    const ck_lane_rows *rows, size_t first, size_t last, const ck_lanes *lanes, const ck_lane_sums *sums, int D, int U,
    int mode, int alpha) {
    for (int lane = 0; lane < WIDTH; lane += 16 * U)
        lanes_fused(rows, first, last, lanes, lane, WIDTH, sums, D, U, mode, alpha, 0xffff);
}

#define FUSED(D, U)                                                                                                    \
    case D:                                                                                                            \
        if (alpha == 1) return block_fused(rows, first, last, lanes, sums, D, U, mode, 1);                             \
        if (alpha == 2) return block_fused(rows, first, last, lanes, sums, D, U, mode, 2);                             \
        return block_fused(rows, first, last, lanes, sums, D, U, mode, alpha)

#define LEVEL(SUFFIX, TARGET, ROWS, VECTORS)                                                                           \
    TARGET static void naive_##SUFFIX(                                                                                 \
        const ck_lane_rows *rows, size_t first, size_t last, const ck_lanes *lanes, int alpha,                         \
        const ck_lane_sums *sums) {                                                                                    \
        const int mode = NAIVE;                                                                                        \
        if (rows->d == rows->dv) switch (rows->d) {                                                                    \
                FUSED(1, VECTORS);                                                                                     \
                FUSED(2, VECTORS);                                                                                     \
                FUSED(3, VECTORS / 2);                                                                                 \
                FUSED(4, VECTORS / 2);                                                                                 \
            }                                                                                                          \
        if (alpha == 1) return block_sum(rows, first, last, lanes, sums, mode, 1, ROWS, VECTORS);                      \
        block_sum(rows, first, last, lanes, sums, mode, alpha, ROWS, VECTORS);                                         \
    }                                                                                                                  \
    TARGET static void softmax_##SUFFIX(                                                                               \
        const ck_lane_rows *rows, size_t first, size_t last, const ck_lanes *lanes, float *largest,                    \
        const ck_lane_sums *sums) {                                                                                    \
        block_softmax(rows, first, last, lanes, largest, sums, ROWS, VECTORS);                                         \
    }                                                                                                                  \
    TARGET static void members_##SUFFIX(                                                                               \
        const ck_lane_rows *rows, size_t first, size_t last, const ck_lanes *lanes, int alpha,                         \
        const ck_lane_sums *sums) {                                                                                    \
        if (alpha == 0) return block_sum(rows, first, last, lanes, sums, MEMBERS, 0, ROWS, VECTORS);                   \
        block_sum(rows, first, last, lanes, sums, MEMBERS, alpha, ROWS, VECTORS);                                      \
    }                                                                                                                  \
    TARGET static void near_##SUFFIX(                                                                                  \
        const ck_lane_rows *rows, size_t first, size_t last, const ck_lanes *lanes, float reach, float *largest,       \
        const float *bounds, float *lists, size_t stride, int32_t *counts) {                                           \
        block_near(rows, first, last, lanes, reach, largest, bounds, lists, stride, counts, ROWS, VECTORS);            \
    }                                                                                                                  \
    TARGET static void real_##SUFFIX(                                                                                  \
        const ck_lane_rows *rows, size_t first, size_t last, const ck_lanes *lanes, float scale, float exponent,       \
        const ck_lane_sums *sums) {                                                                                    \
        block_real_power(rows, first, last, lanes, scale, exponent, sums, ROWS, VECTORS);                              \
    }                                                                                                                  \
    TARGET static void count_##SUFFIX(                                                                                 \
        const ck_lane_rows *rows, size_t first, size_t last, const ck_lanes *lanes, int32_t *count) {                  \
        ck_lane_sums sums = {0, 0, count};                                                                             \
        block_sum(rows, first, last, lanes, &sums, COUNT, 1, ROWS, VECTORS);                                           \
    }

LEVEL(portable, , 2, 2)
#if defined(__x86_64__)
LEVEL(avx2, TARGET_AVX2, 2, 2)
LEVEL(avx512, TARGET_AVX512, 4, 4)
#endif

void ck_block_power(
    const ck_lane_rows *rows, size_t first, size_t last, const ck_lanes *lanes, int alpha, const ck_lane_sums *sums) {
    DISPATCH(naive, rows, first, last, lanes, alpha, sums);
}

void ck_block_softmax(
    const ck_lane_rows *rows, size_t first, size_t last, const ck_lanes *lanes, float *largest,
    const ck_lane_sums *sums) {
    DISPATCH(softmax, rows, first, last, lanes, largest, sums);
}

void ck_block_near(
    const ck_lane_rows *rows, size_t first, size_t last, const ck_lanes *lanes, float reach, float *largest,
    const float *bounds, float *lists, size_t stride, int32_t *counts) {
    DISPATCH(near, rows, first, last, lanes, reach, largest, bounds, lists, stride, counts);
}

void ck_block_real_power(
    const ck_lane_rows *rows, size_t first, size_t last, const ck_lanes *lanes, float scale, float exponent,
    const ck_lane_sums *sums) {
    DISPATCH(real, rows, first, last, lanes, scale, exponent, sums);
}

void ck_block_members(
    const ck_lane_rows *rows, size_t first, size_t last, const ck_lanes *lanes, int alpha, const ck_lane_sums *sums) {
    DISPATCH(members, rows, first, last, lanes, alpha, sums);
}

void ck_block_count(
    const ck_lane_rows *rows, size_t first, size_t last, const ck_lanes *lanes, int32_t *count) {
    DISPATCH(count, rows, first, last, lanes, count);
}
