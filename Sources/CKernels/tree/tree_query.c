#include "ckernels.h"
#include "machine/placement.h"

#include <math.h>

SMALL_BEGIN

/// 1 for entries of ordinary size, else the power of two that takes the largest near 1: no float32 sum can overflow then.
static double taming(float largest) {
    if (largest == 0 || (largest >= 0x1p-40f && largest <= 0x1p40f)) return 1;
    return ldexp(1, -ilogb(largest));
}

void ck_tree_prepare(const ck_tree *tree, const float *exact, double threshold, float *room, ck_tree_query *query) {
    const int32_t d = tree->d;
    const double *entries = tree->head, *framed_entries = entries + d, *axes = entries + 2 * d;
    float *vector = room, *frame = tree->framed ? room + d : room, *absolute = room + 2 * d;
    float largest = 0;
    for (int32_t t = 0; t < d; t++) largest = fabsf(exact[t]) > largest ? fabsf(exact[t]) : largest;
    const double scale = taming(largest);
    // Sum |q_t| max|k_t|: what the rounding of a sum is relative to.
    double magnitude = 0, framed = 0, squares = 0, key_squares = 0;
    for (int32_t t = 0; t < d; t++) {
        vector[t] = scale == 1 ? exact[t] : (float)(exact[t] * scale);
        magnitude += fabs((double)exact[t]) * entries[t];
    }
    if (tree->framed) {
        for (int32_t t = 0; t < d; t++) {
            double sum = 0;
            for (int32_t u = 0; u < d; u++) sum += axes[t * d + u] * exact[u];
            frame[t] = (float)(sum * scale);
            framed += fabs((double)frame[t]) * framed_entries[t];
            squares += scale * exact[t] * scale * exact[t];
            key_squares += entries[t] * tree->key_scale * entries[t] * tree->key_scale;
        }
        framed += sqrt(squares * key_squares);
    }
    for (int32_t t = 0; t < d; t++) absolute[t] = fabsf(frame[t]);
    const double root = sqrt((double)d);
    query->vector = vector;
    query->frame = frame;
    query->frame_absolute = absolute;
    query->exact = exact;
    query->root = root;
    query->threshold = threshold;
    query->score_scale = 1 / (root * tree->key_scale * scale);
    query->scale = (float)query->score_scale;
    query->ordinary = scale == 1 && tree->key_scale == 1;
    if (magnitude == 0) {
        // Every score is exactly 0.
        query->slack = 0;
        query->out = query->in = 0 >= threshold ? -INFINITY : INFINITY;
        return;
    }
    magnitude *= tree->key_scale * scale;
    // A float32 sum of d products errs by at most d 2^-24 sum |q_t k_t| (Higham, Accuracy and Stability of Numerical
    // Algorithms, 3.1); boxes add as much, rounding of the frame's coordinates less; the rest is ample, and the last term
    // covers what scaling makes subnormal.
    query->slack = (2 * d + 12) * 0x1p-24 * (magnitude + framed) + 1e-12 * framed + (d + 4) * 0x1p-130;
    const double middle = threshold * root * tree->key_scale * scale;
    query->out = ck_rounded_down(middle - query->slack);
    query->in = ck_rounded_up(middle + query->slack);
}

/// Keys of a leaf.
static size_t leaf_keys(const ck_tree *tree, uint32_t leaf) {
    const size_t left = tree->count - (size_t)leaf * CK_TREE_LEAF;
    return left < CK_TREE_LEAF ? left : CK_TREE_LEAF;
}

/// Small trees work on the stack, which is warm when nothing else is.
typedef struct {
    uint32_t crossing[CK_TREE_SMALL], whole[CK_TREE_SMALL], frontier[2 * CK_TREE_SMALL / CK_TREE_FANOUT + 8];
    float vectors[3 * CK_TREE_MAX_DIMENSION];
} SmallWalk;

/// From a half-space to the leaves and nodes that it meets; 0 where float32 cannot hold the scores.
static int walk_down(const ck_tree *tree, const float *exact, double threshold, int moment_order, const ck_tree_room *room,
                    SmallWalk *small, ck_tree_query *query, ck_tree_walk *walk) {
    ck_tree_prepare(tree, exact, threshold, small->vectors, query);
    if (!query->ordinary) return 0;
    const int is_small = tree->nodes[0] <= CK_TREE_SMALL;
    walk->crossing = is_small ? small->crossing : room->crossing;
    walk->whole = is_small ? small->whole : room->whole;
    walk->frontier = is_small ? small->frontier : room->frontier;
    walk->outside = 0;
    walk->outside_bounds = 0;
    ck_tree_descend(tree, query, moment_order, walk);
    return 1;
}

static void add_work(const ck_tree *tree, const ck_tree_walk *walk, ck_tree_work *work) {
    for (int32_t level = 0; level < tree->levels; level++) {
        work->visited += walk->visited[level];
        work->pruned += walk->pruned[level];
        work->whole += walk->whole_nodes[level];
        work->bytes_read += walk->visited[level] * tree->d * 2 * sizeof(float);
    }
    if (walk->crossing_count == 0) return;
    // Leaves are listed in order: only the last can be the last of all, which is shorter.
    work->candidates += (walk->crossing_count - 1) * CK_TREE_LEAF + leaf_keys(tree, walk->crossing[walk->crossing_count - 1]);
}

/// The leaves below a node: the first, and one past the last.
static size_t leaves_below(const ck_tree *tree, uint32_t node, size_t *end) {
    const int shift = 4 * (int)(node >> 28);
    const size_t first = (size_t)(node & 0xfffffff) << shift;
    *end = first + ((size_t)1 << shift);
    if (*end > tree->nodes[0]) *end = tree->nodes[0];
    return first;
}

int ck_tree_scores(const ck_tree *tree, const float *exact, double threshold, const ck_tree_room *room, uint32_t *rows,
                   float *scores, size_t *count, ck_tree_work *work) {
    if (tree->levels == 0) return 1;
    SmallWalk small;
    ck_tree_query query;
    ck_tree_walk walk;
    if (!walk_down(tree, exact, threshold, 0, room, &small, &query, &walk)) return 0;
    const size_t key_bytes = (size_t)tree->d * CK_TREE_LEAF * sizeof(float);
    size_t listed = ck_tree_list(tree, &query, walk.crossing, walk.crossing_count, 0, rows, scores);
    work->bytes_read += walk.crossing_count * key_bytes;
    enum { STRETCH = 64 };
    uint32_t leaves[STRETCH];
    size_t filled = 0;
    const size_t tested = listed;
    for (size_t i = 0; i < walk.whole_count; i++) {
        size_t end, leaf = leaves_below(tree, walk.whole[i], &end);
        work->bytes_read += (end - leaf) * key_bytes;
        while (leaf < end) {
            leaves[filled++] = (uint32_t)leaf++;
            if (filled < STRETCH) continue;
            listed += ck_tree_list(tree, &query, leaves, filled, 1, rows + listed, scores + listed);
            filled = 0;
        }
    }
    listed += ck_tree_list(tree, &query, leaves, filled, 1, rows + listed, scores + listed);
    *count += listed;
    add_work(tree, &walk, work);
    work->whole_keys += listed - tested;
    return 1;
}

int ck_tree_aggregate(const ck_tree *tree, const float *exact, double threshold, ck_tree_weight weight, int moment_order,
                      const ck_tree_room *room, double *values, double *weight_sum, size_t *count, double *largest,
                      ck_tree_work *work) {
    if (tree->levels == 0) return 1;
    enum { STACK_MONOMIALS = 64 };
    double sums[CK_TREE_NARROW], monomials[STACK_MONOMIALS];
    const int32_t dv = tree->dv;
    SmallWalk small;
    ck_tree_query query;
    ck_tree_walk walk;
    if (!walk_down(tree, exact, threshold, moment_order, room, &small, &query, &walk)) return 0;

    ck_tree_sum sum = {.values = dv <= CK_TREE_NARROW ? sums : 0, .weight = 0, .count = 0, .largest = -INFINITY};
    for (int32_t t = 0; sum.values && t < dv; t++) sums[t] = 0;
    float *wide = dv > CK_TREE_NARROW ? room->values : 0;
    // Wide values are added up in floats of the caller's.
    double wide_sums[dv > CK_TREE_NARROW ? dv : 1];
    if (wide) {
        sum.values = wide_sums;
        for (int32_t t = 0; t < dv; t++) wide_sums[t] = 0;
    }
    ck_tree_sum_leaves(tree, &query, walk.crossing, walk.crossing_count, 0, weight, wide, &sum);
    const size_t tested = sum.count, leaf_bytes = tree->leaf_stride * sizeof(float);
    work->bytes_read += walk.crossing_count * leaf_bytes;
    if (moment_order > 0) {
        if (walk.whole_count > 0)
            ck_tree_sum_moments(tree, &query, walk.whole, walk.whole_count, weight, monomials, &sum);
        for (int o = 0; o < moment_order; o++) work->bytes_read += walk.whole_count * tree->moment_stride[o] * sizeof(float);
    } else {
        enum { STRETCH = 64 };
        uint32_t leaves[STRETCH];
        size_t filled = 0;
        for (size_t i = 0; i < walk.whole_count; i++) {
            size_t end, leaf = leaves_below(tree, walk.whole[i], &end);
            work->bytes_read += (end - leaf) * leaf_bytes;
            while (leaf < end) {
                leaves[filled++] = (uint32_t)leaf++;
                if (filled == STRETCH) {
                    ck_tree_sum_leaves(tree, &query, leaves, filled, 1, weight, wide, &sum);
                    filled = 0;
                }
            }
        }
        if (filled > 0) ck_tree_sum_leaves(tree, &query, leaves, filled, 1, weight, wide, &sum);
    }
    for (int32_t t = 0; t < dv; t++) values[t] += sum.values[t];
    *weight_sum += sum.weight;
    *count += sum.count;
    if (sum.largest > *largest) *largest = sum.largest;
    add_work(tree, &walk, work);
    work->whole_keys += sum.count - tested;
    return 1;
}

SMALL_END
