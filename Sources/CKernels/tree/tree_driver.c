#include "tree/tree_driver.h"

#include <math.h>

#include "ckernels.h"
#include "machine/placement.h"

/// What is done with leaves: all their keys are members if `whole`.
typedef void leaf_action(
    const ck_tree *tree, const ck_tree_query *query, const uint32_t *leaves, size_t count, int whole, float *room,
    ck_sink *sink);

static leaf_action list_leaves, count_leaves;

SMALL_BEGIN

void ck_tree_fetch_step(const ck_half_space *half, const ck_sink *sink) {
    FETCH_CODE(ck_tree_prepare, 896);
    FETCH_CODE(ck_tree_find, 1024);
    if (sink->wanted != CK_WANT_SUM) return;
    ck_tree_fetch_code(half->d, half->dv, sink->exponent);
    if (sink->exponent > 0) ck_tree_fetch_moments(half->d, half->dv, sink->exponent);
}

/// Asks for what a descent reads first.
static void fetch_top(const ck_tree *tree) {
    const int32_t top = tree->levels - 1;
    const size_t groups = (tree->nodes[top] + CK_TREE_FANOUT - 1) / CK_TREE_FANOUT;
    const size_t bytes = groups * (size_t)tree->d * 2 * CK_TREE_FANOUT * sizeof(float);
    const char *boxes = (const char *)(tree->boxes + tree->box_start[top]);
    for (size_t at = 0; at < bytes && at < 2048; at += 64) __builtin_prefetch(boxes + at, 0, 2);
}

int ck_tree_prepare(const ck_tree *tree, const ck_half_space *half, float *room, ck_tree_query *query) {
    const int32_t d = tree->d;
    const double *entries = tree->head, *framed_entries = entries + d, *axes = entries + 2 * d;
    const float *vector = half->vector;
    float *frame = room, *absolute = room + d;
    float largest = 0;
    // Sum |q_t| max|k_t|: what the rounding of a sum is relative to.
    double magnitude = 0, framed = 0, squares = 0, key_squares = 0;
    for (int32_t t = 0; t < d; t++) {
        const float size = fabsf(vector[t]);
        if (size > largest) largest = size;
        magnitude += (double)size * entries[t];
    }
    // Entries of ordinary size, so that no sum overflows and nothing that matters vanishes.
    if (tree->key_scale != 1 || !(largest <= 0x1p40f) || (largest < 0x1p-40f && largest != 0)) return 0;
    if (tree->framed) {
        for (int32_t t = 0; t < d; t++) {
            double sum = 0;
            for (int32_t u = 0; u < d; u++) sum += axes[t * d + u] * (double)vector[u];
            frame[t] = (float)sum;
            framed += fabs((double)frame[t]) * framed_entries[t];
            squares += (double)vector[t] * (double)vector[t];
            key_squares += entries[t] * entries[t];
        }
        framed += sqrt(squares * key_squares);
        query->frame = frame;
    } else {
        query->frame = vector;
    }
    for (int32_t t = 0; t < d; t++) absolute[t] = fabsf(query->frame[t]);
    const double root = sqrt((double)d);
    query->vector = vector;
    query->frame_absolute = absolute;
    query->root = root;
    query->threshold = half->threshold;
    query->scale = (float)(1 / root);
    if (magnitude == 0) {
        // Every score is exactly 0.
        query->slack = 0;
        query->out = query->in = 0 >= half->threshold ? -INFINITY : INFINITY;
        return 1;
    }
    // A float32 sum of d products errs by at most d 2^-24 sum |q_t k_t| (Higham, Accuracy and Stability of Numerical
    // Algorithms, 3.1); boxes add as much, rounding of the frame's coordinates less; the rest is ample, and the last term
    // covers what is subnormal.
    query->slack = (2 * d + 12) * 0x1p-24 * (magnitude + framed) + 1e-12 * framed + (d + 4) * 0x1p-130;
    const double middle = half->threshold * root;
    query->out = ck_rounded_down(middle - query->slack);
    query->in = ck_rounded_up(middle + query->slack);
    return 1;
}

/// Keys of a leaf.
static size_t leaf_keys(const ck_tree *tree, uint32_t leaf) {
    const size_t left = tree->count - (size_t)leaf * CK_TREE_LEAF;
    return left < CK_TREE_LEAF ? left : CK_TREE_LEAF;
}

/// Keys of leaves that the boundary crosses, which are listed in order: only the last can be the last of all, which is shorter.
static size_t crossing_keys(const ck_tree *tree, const ck_tree_walk *walk) {
    if (walk->crossing_count == 0) return 0;
    return (walk->crossing_count - 1) * CK_TREE_LEAF + leaf_keys(tree, walk->crossing[walk->crossing_count - 1]);
}

static void add_work(const ck_tree *tree, const ck_tree_walk *walk, ck_work *work) {
    for (int32_t level = 0; level < tree->levels; level++) {
        work->visited += walk->visited[level];
        work->pruned += walk->pruned[level];
        work->whole += walk->whole_nodes[level];
        work->bytes_read += walk->visited[level] * tree->d * 2 * sizeof(float);
    }
    work->candidates += crossing_keys(tree, walk);
}

/// Hands on the leaves below whole nodes; returns how many there were.
static size_t each_whole_leaf(
    const ck_tree *tree, const ck_tree_query *query, const ck_tree_walk *walk, leaf_action *action, float *room,
    ck_sink *sink) {
    enum { STRETCH = 64 };
    uint32_t leaves[STRETCH];
    size_t filled = 0, all = 0;
    for (size_t i = 0; i < walk->whole_count; i++) {
        const int shift = 4 * (int)(walk->whole[i] >> 28);
        size_t leaf = (size_t)(walk->whole[i] & 0xfffffff) << shift, end = leaf + ((size_t)1 << shift);
        if (end > tree->nodes[0]) end = tree->nodes[0];
        all += end - leaf;
        while (leaf < end) {
            leaves[filled++] = (uint32_t)leaf++;
            if (filled < STRETCH) continue;
            action(tree, query, leaves, filled, 1, room, sink);
            filled = 0;
        }
    }
    if (filled > 0) action(tree, query, leaves, filled, 1, room, sink);
    return all;
}

int ck_tree_find(const ck_tree *tree, const ck_tree_room *room, const ck_half_space *half, ck_sink *sink) {
    if (tree->levels == 0) return 1;
    // Small trees work on the stack, which is warm when nothing else is.
    uint32_t crossing[CK_TREE_SMALL], whole[CK_TREE_SMALL], frontier[2 * CK_TREE_SMALL / CK_TREE_FANOUT + 8];
    float vectors[2 * half->d];
    ck_tree_query query;
    fetch_top(tree);
    if (!ck_tree_prepare(tree, half, vectors, &query)) return 0;
    const int is_small = tree->nodes[0] <= CK_TREE_SMALL;
    ck_tree_walk walk;
    walk.crossing = is_small ? crossing : room->crossing;
    walk.whole = is_small ? whole : room->whole;
    walk.frontier = is_small ? frontier : room->frontier;
    walk.outside = 0;
    if (sink->trace) {
        walk.outside = sink->trace->nodes;
        walk.outside_bounds = sink->trace->node_bounds;
    }
    const int32_t exponent = sink->exponent;
    // Moments weigh a node as if all its keys lay above the shift.
    const int order = sink->wanted == CK_WANT_SUM && exponent >= 1 && exponent <= 3 && tree->moments[exponent - 1] &&
                              sink->shift <= half->threshold
                          ? exponent
                          : 0;
    ck_tree_descend(tree, &query, order, &walk);

    leaf_action *action = ck_tree_sum_leaves;
    size_t leaf_bytes = tree->leaf_stride * sizeof(float);
    if (sink->wanted != CK_WANT_SUM) {
        action = sink->wanted == CK_WANT_LIST ? list_leaves : count_leaves;
        leaf_bytes = (size_t)tree->d * CK_TREE_LEAF * sizeof(float);
    }
    float *wide = tree->dv > CK_TREE_NARROW ? room->values : 0;
    size_t before = sink->count;
    action(tree, &query, walk.crossing, walk.crossing_count, 0, wide, sink);
    if (sink->trace) ck_tree_trace(tree, &query, &walk, sink->count - before, sink->trace);
    before = sink->count;
    sink->work.bytes_read += walk.crossing_count * leaf_bytes;
    if (order > 0 && walk.whole_count > 0) {
        double monomials[CK_TREE_MONOMIALS];
        ck_tree_sum_moments(tree, &query, walk.whole, walk.whole_count, monomials, sink);
        for (int o = 0; o < order; o++)
            sink->work.bytes_read += walk.whole_count * tree->moment_stride[o] * sizeof(float);
        sink->used_moments = 1;
    } else if (walk.whole_count > 0) {
        sink->work.bytes_read += each_whole_leaf(tree, &query, &walk, action, wide, sink) * leaf_bytes;
    }
    add_work(tree, &walk, &sink->work);
    sink->work.whole_keys += sink->count - before;
    return 1;
}

int ck_find_tree(const void *index, const ck_half_space *half, ck_sink *sink) {
    const ck_tree_index *all = index;
    ck_tree_fetch_step(half, sink);
    return ck_tree_find(all->tree, &all->room, half, sink);
}

SMALL_END

/// Lists the members of leaves.
static void list_leaves(
    const ck_tree *tree, const ck_tree_query *query, const uint32_t *leaves, size_t count, int whole, float *room,
    ck_sink *sink) {
    (void)room;
    ck_listing *list = sink->list;
    // Trees hold values in an order of their own: they are asked again for their sum.
    const ck_segment from = {.keys = tree->store_keys};
    const size_t listed =
        ck_tree_list(tree, query, leaves, count, whole, list->ids + list->count, list->scores + list->count);
    sink->count += listed;
    ck_listing_extend(list, &from, listed);
}

/// Counts the members of leaves.
static void count_leaves(
    const ck_tree *tree, const ck_tree_query *query, const uint32_t *leaves, size_t count, int whole, float *room,
    ck_sink *sink) {
    (void)room;
    enum { STRETCH = 16, ROOM = STRETCH * CK_TREE_LEAF + 16 };
    uint32_t ids[ROOM];
    float scores[ROOM];
    for (size_t first = 0; first < count; first += STRETCH) {
        const size_t some = count - first < STRETCH ? count - first : STRETCH;
        sink->count += ck_tree_list(tree, query, leaves + first, some, whole, ids, scores);
    }
}

/// The slots of a node (level << 28 | index).
static size_t node_slots(const ck_tree *tree, uint32_t node, size_t *end) {
    const size_t size = (size_t)CK_TREE_LEAF << (4 * (node >> 28)), first = (node & 0xfffffff) * size;
    *end = first + size < tree->count ? first + size : tree->count;
    return first;
}

void ck_tree_trace(
    const ck_tree *tree, const ck_tree_query *query, const ck_tree_walk *walk, size_t members, ck_trace *trace) {
    if (tree->levels > trace->levels) trace->levels = tree->levels;
    for (int32_t level = 0; level < tree->levels; level++) {
        trace->visited[level] += walk->visited[level];
        trace->pruned[level] += walk->pruned[level];
        trace->whole[level] += walk->whole_nodes[level];
    }
    const size_t tested = crossing_keys(tree, walk);
    trace->tested += tested;
    size_t end;
    for (size_t i = 0; i < walk->crossing_count; i++)
        for (size_t slot = node_slots(tree, walk->crossing[i], &end); slot < end; slot++)
            trace->seen[tree->positions[slot]] = CK_SEEN_TESTED;
    for (size_t i = 0; i < walk->whole_count; i++)
        for (size_t slot = node_slots(tree, walk->whole[i], &end); slot < end; slot++)
            trace->seen[tree->positions[slot]] = CK_SEEN_WHOLE;
    for (size_t i = 0; i < walk->outside_count; i++) {
        const size_t first = node_slots(tree, walk->outside[i], &end);
        const double bound = ((double)walk->outside_bounds[i] + query->slack) / query->root;
        ck_trace_group(trace, end - first, bound < query->threshold ? bound : query->threshold);
    }
    ck_trace_group(trace, tested - members, query->threshold);
}
