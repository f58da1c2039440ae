#include "prefill/lanes.h"

// Sixteen queries descend a tree together: a node's box is tested for all of them at once, and a leaf that some of them
// cross is scored for all of them at once.

#define WIDTH CK_GROUP_LANES
#define MOST_LEVELS 40

/// A node that is still to be tested: which lanes cross it as far as is known, which it lies wholly inside of, its rows.
typedef struct {
    uint32_t node;
    int32_t level;
    uint32_t crossing, inside;
    size_t first, last;
} frame;

/// Rows of any length; `active` lanes.
CK_INLINE void group_rows(
    const ck_lane_rows *rows, size_t first, size_t last, const ck_lanes *lanes, const ck_lane_sums *sums, int alpha,
    uint32_t active) {
    int32_t d = rows->d, dv = rows->dv;
    f32x16 b = LOAD(lanes->b), guard = LOAD(lanes->guard), shift = {}, weight = {};
    i32x16 count = {}, on;
    if (alpha == 0) shift = LOAD(lanes->shift);
    lane_mask(active, &on);
    for (size_t i = first; i < last; i++) {
        const float *key = rows->keys + i * d, *value = rows->values + i * dv;
        f32x16 s = {}, w;
        for (int32_t t = 0; t < d; t++) s += LOAD(lanes->q + t * WIDTH) * key[t];
        i32x16 in;
        lane_members(&s, &b, &guard, lanes, 0, key, d, active, &in);
        in &= on;
        if (!lane_bits(&in)) continue;
        LANE_WEIGHT(w, s, b, shift, alpha);
        w = (f32x16)((i32x16)w & in);
        count -= in;
        weight += w;
        for (int32_t t = 0; t < dv; t++)
            STORE(sums->values + t * WIDTH, LOAD(sums->values + t * WIDTH) + w * value[t]);
    }
    STORE(sums->weight, LOAD(sums->weight) + weight);
    STOREI(sums->count, LOADI(sums->count) + count);
}

/// A node wholly inside for some lanes: sum of (s - b) v from its moments, with s - b = (c - b) + <q, k - centre>.
CK_INLINE void group_moments(
    const ck_lane_tree *tree, const float *moments, size_t count, const ck_lanes *lanes, const f32x16 *centre,
    uint32_t inside, const ck_lane_sums *sums, int D) {
    int32_t d = D > 0 ? D : tree->rows.d, dv = D > 0 ? D : tree->rows.dv;
    i32x16 on;
    lane_mask(inside, &on);
    f32x16 base = *centre - LOAD(lanes->b), weight = base * (float)count;
    const float *offsets = moments + dv, *products = moments + dv + d;
    for (int32_t t = 0; t < d; t++) weight += LOAD(lanes->q + t * WIDTH) * offsets[t];
    STORE(sums->weight, LOAD(sums->weight) + (f32x16)((i32x16)weight & on));
    STOREI(sums->count, LOADI(sums->count) + (on & (int32_t)count));
    for (int32_t u = 0; u < dv; u++) {
        f32x16 sum = base * moments[u];
        for (int32_t t = 0; t < d; t++) sum += LOAD(lanes->q + t * WIDTH) * products[t * dv + u];
        STORE(sums->values + u * WIDTH, LOAD(sums->values + u * WIDTH) + (f32x16)((i32x16)sum & on));
    }
}

CK_INLINE void group_descend(
    const ck_lane_tree *tree, const ck_lanes *lanes, uint32_t active, int alpha, const ck_lane_sums *sums,
    ck_lane_work *work, int D) {
    const int32_t d = D > 0 ? D : tree->rows.d, dv = D > 0 ? D : tree->rows.dv;
    const size_t moment_stride = (size_t)dv + d + (size_t)d * dv;
    const f32x16 b = LOAD(lanes->b), guard = LOAD(lanes->guard);
    const int by_moments = alpha == 1 && tree->moments;
    frame stack[MOST_LEVELS];
    int top = 0;
    if (tree->count == 0 || !active) return;
    stack[top++] = (frame){0, 0, active, 0, 0, tree->count};
    while (top > 0) {
        frame at = stack[--top];
        if (at.crossing) {
            const float *box = tree->boxes + (size_t)at.node * 2 * d;
            f32x16 centre = {}, half = {};
            for (int32_t t = 0; t < d; t++) {
                f32x16 q = LOAD(lanes->q + t * WIDTH);
                i32x16 size = (i32x16)q & 0x7fffffff;
                centre += q * box[t];
                half += (f32x16)size * box[d + t];
            }
            i32x16 outside = centre + half < b - guard, inside = centre - half >= b + guard;
            work->visited++;
            uint32_t in = lane_bits(&inside) & at.crossing;
            at.crossing &= ~(lane_bits(&outside) | in);
            if (in && by_moments) {
                work->whole++;
                group_moments(
                    tree, tree->moments + at.node * moment_stride, at.last - at.first, lanes, &centre, in, sums, D);
            } else {
                at.inside |= in;
            }
            if (!(at.crossing | at.inside)) {
                work->pruned += !in;
                continue;
            }
        }
        if (at.crossing && at.level < tree->depth) {
            size_t middle = at.first + (at.last - at.first) / 2;
            stack[top++] = (frame){2 * at.node + 2, at.level + 1, at.crossing, at.inside, middle, at.last};
            stack[top++] = (frame){2 * at.node + 1, at.level + 1, at.crossing, at.inside, at.first, middle};
            continue;
        }
        work->scored += at.last - at.first;
        if (D > 0)
            lanes_fused(
                &tree->rows, at.first, at.last, lanes, 0, WIDTH, sums, D, 1, MEMBERS, alpha, at.crossing | at.inside);
        else
            group_rows(&tree->rows, at.first, at.last, lanes, sums, alpha, at.crossing | at.inside);
    }
}

#define FIXED(D)                                                                                                       \
    case D:                                                                                                            \
        if (alpha == 1) return group_descend(tree, lanes, active, 1, sums, work, D);                                   \
        if (alpha == 0) return group_descend(tree, lanes, active, 0, sums, work, D);                                   \
        return group_descend(tree, lanes, active, alpha, sums, work, D)

#define LEVEL(SUFFIX, TARGET)                                                                                          \
    TARGET static void descend_##SUFFIX(                                                                               \
        const ck_lane_tree *tree, const ck_lanes *lanes, uint32_t active, int alpha, const ck_lane_sums *sums,         \
        ck_lane_work *work) {                                                                                          \
        if (tree->rows.d == tree->rows.dv) switch (tree->rows.d) {                                                     \
                FIXED(1);                                                                                              \
                FIXED(2);                                                                                              \
                FIXED(3);                                                                                              \
                FIXED(4);                                                                                              \
                FIXED(6);                                                                                              \
                FIXED(8);                                                                                              \
            }                                                                                                          \
        group_descend(tree, lanes, active, alpha, sums, work, 0);                                                      \
    }

LEVEL(portable, )
#if defined(__x86_64__)
LEVEL(avx2, TARGET_AVX2)
LEVEL(avx512, TARGET_AVX512)
#endif

void ck_group_descend(
    const ck_lane_tree *tree, const ck_lanes *lanes, uint32_t active, int alpha, const ck_lane_sums *sums,
    ck_lane_work *work) {
    DISPATCH(descend, tree, lanes, active, alpha, sums, work);
}
