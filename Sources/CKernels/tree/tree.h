// Queries of a partition tree in memory: the three-way node test, leaves of 32 keys, sums over them.
#ifndef CKERNELS_TREE_H
#define CKERNELS_TREE_H

#include <stddef.h>
#include <stdint.h>

#include "sink/sink.h"

/// Keys in a leaf, and children of a group whose boxes are tested together.
enum { CK_TREE_LEAF = 32, CK_TREE_FANOUT = 16, CK_TREE_MAX_LEVELS = CK_TRACE_LEVELS, CK_TREE_NARROW = 16 };

/// The highest level has at most so many nodes: a few groups tested at once cost less than one more level to wait for.
enum { CK_TREE_TOP = 64 };

/// A tree as the kernels read it. Node i of level l covers slots [i * 32 * 16^l, (i + 1) * 32 * 16^l), cut off at `count`.
typedef struct {
    size_t count;
    int32_t d, dv;
    /// Levels of boxes; level 0 are the leaves, the highest level has at most CK_TREE_TOP nodes. 0 if there are no keys.
    int32_t levels;
    /// For each level the nodes in it, and where its boxes start in `boxes` (in floats).
    const size_t *nodes, *box_start;
    /// For each group of 16 nodes: d times 16 centres and 16 half-widths.
    const float *boxes;
    /// For each leaf: keys [d][32], then values: [dv][32] if dv <= 16, else [32][dv].
    const float *leaves;
    size_t leaf_stride;
    /// The row in the store of every slot.
    const uint32_t *positions;
    /// Doubles: the largest |k_t| of the keys as stored [d], the same in the scaled frame of the boxes [d], and the frame's
    /// axes [d][d], which are read if `framed`.
    const double *head;
    int32_t framed;
    /// The power of two by which keys in leaves and boxes are scaled.
    double key_scale;
    /// The store's keys as it keeps them: what the definition of membership is applied to.
    ck_table store_keys;
    /// For each level where its nodes start in the moments (in nodes).
    const size_t *node_start;
    /// Moments of order 1: mean key [d], sum of values [dv], sum of (key - mean) (x) value [d][dv]; then those of order 2
    /// and 3: for each monomial of that order in (key - mean), with its multiplicity: its sum, its sum times value [dv].
    const float *moments[3];
    size_t moment_stride[3];
} ck_tree;

/// A half-space as the kernels read it.
typedef struct {
    /// q for leaves, as it came; d floats and their absolute values in the frame of the boxes.
    const float *vector, *frame, *frame_absolute;
    /// A sum below `out` is surely outside, one at or above `in` surely inside; between them the definition decides.
    float out, in;
    /// From a sum to a score.
    float scale;
    /// How far a sum or a bound in float32 may be from the exact one.
    double slack;
    /// The definition: the square root of d, and the threshold.
    double root, threshold;
} ck_tree_query;

/// What a descent finds; the arrays are the caller's.
typedef struct {
    /// Leaves that the boundary crosses, ascending; room for every leaf.
    uint32_t *crossing;
    /// Nodes wholly inside, level << 28 | index; room for every leaf.
    uint32_t *whole;
    /// Room for twice the nodes of level 1 (at least 8).
    uint32_t *frontier;
    /// If not null: nodes wholly outside, level << 28 | index, with the upper bounds of their sums; room for every leaf.
    uint32_t *outside;
    float *outside_bounds;
    size_t crossing_count, whole_count, outside_count;
    size_t visited[CK_TREE_MAX_LEVELS], pruned[CK_TREE_MAX_LEVELS], whole_nodes[CK_TREE_MAX_LEVELS];
} ck_tree_walk;

/// Asks for the code that a descent and the sums over its leaves run, for keys of d and values of dv dimensions.
void ck_tree_fetch_code(size_t d, size_t dv, int32_t exponent);

/// The three-way test from the root down, level by level. `momentOrder` (0 to 3) says which moments to fetch ahead.
void ck_tree_descend(const ck_tree *tree, const ck_tree_query *query, int moment_order, ck_tree_walk *walk);

/// Lists the keys of `leaves` in the half-space: all keys of each leaf if `whole`, else those that pass. The outputs have
/// room for 32 keys a leaf and 16 more. Returns how many it wrote.
size_t ck_tree_list(const ck_tree *tree, const ck_tree_query *query, const uint32_t *leaves, size_t count, int whole,
                    uint32_t *positions, float *scores);

/// Adds the keys that ck_tree_list would list to the sums of a sink. `scratch` holds dv floats if dv > 16.
void ck_tree_sum_leaves(const ck_tree *tree, const ck_tree_query *query, const uint32_t *leaves, size_t count, int whole,
                        float *scratch, ck_sink *sink);

#endif
