// Attention of a group of queries that descends a tree together.
#ifndef CK_PREFILL_TREE_H
#define CK_PREFILL_TREE_H

#include "prefill/prefill_blocks.h"

/// A binary tree over rows in tree order: node 0 is the root, node i has the children 2i + 1 and 2i + 2, each with half
/// of its rows (the left half rounded down), `depth` levels below the root.
typedef struct {
    ck_lane_rows rows;
    size_t count;
    int32_t depth;
    /// For each node the centre of its box [d] and its half-widths [d].
    const float *boxes;
    /// For each node sum of v [dv], sum of (k - centre) [d], sum of (k - centre) (x) v [d][dv]; null if not kept.
    const float *moments;
} ck_lane_tree;

/// What a descent cost: nodes tested, tests that ended outside or inside (each for a group), rows scored for a group.
typedef struct {
    size_t visited, pruned, whole, scored;
} ck_lane_work;

/// Adds the members of the whole tree to a group of 16 queries; lanes whose bit in `active` is not set are left alone.
/// Nodes wholly inside for a lane are answered by their moments where alpha is 1 and the tree keeps them.
void ck_group_descend(
    const ck_lane_tree *tree, const ck_lanes *lanes, uint32_t active, int alpha, const ck_lane_sums *sums,
    ck_lane_work *work);

#endif
