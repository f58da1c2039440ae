// Keys in small boxes: bounds of boxes and of keys in codes of 8 and 4 bits.
#ifndef CK_BOXES_H
#define CK_BOXES_H

#include <stddef.h>
#include <stdint.h>

/// Keys to a leaf, leaves to a node, and the most dimensions.
enum { CK_LEAF = 32, CK_LEAVES = 16, CK_BOXES_MOST = 256 };

/// Bytes before the boxes of a node's leaves; error units to a step.
enum { CK_NODE_HEAD = 64, CK_ERROR_UNITS = 16 };

/// Keys ordered so that those of a leaf are near each other, as are the leaves of a node.
///
/// A node's box is in float32. Its leaves' boxes are in 8 bits: leaf l has centre[t] = node's centre[t] + step *
/// (code[t] - 128), half-width step * half[t], and a radius, radius_step * code, of the ball around the centre that holds
/// its keys too. A key is the leaf's centre[t] + code_step * its leaf's step byte * (code[t] - 7.5) + error, codes of 4
/// bits, with the norm of the error at most its leaf's step * error byte / CK_ERROR_UNITS.
typedef struct {
    size_t count, d, leaves, nodes;
    /// Groups of 16 nodes: d times 16 centres, d times 16 half-widths, 16 radii.
    float *tops;
    /// For each node: step, radius_step, code_step, the largest norm of code - 7.5 (floats), then for each leaf a byte of
    /// radius, of step and of error, from byte 64 on for every four dimensions 64 bytes of centres (byte 4 l + i: dimension
    /// i of leaf l) and 64 bytes of half-widths.
    uint8_t *boxes;
    size_t box_bytes;
    /// For each leaf and every four dimensions 64 bytes of codes (byte 4 j + i: dimension i of key j in the low half and of
    /// key j + 16 in the high half).
    uint8_t *codes;
    size_t leaf_bytes;
    /// Key j is at keys + j * stride.
    const float *keys;
    size_t stride;
    /// The largest |k[t]| of all keys.
    const float *largest;
} ck_boxes;

/// A half-space as boxes are tested against it.
typedef struct {
    /// The query as 128 high + low in units of `unit`, and its absolute values in units of `absolute_unit`, rounded up;
    /// padded with zeros.
    int8_t high[CK_BOXES_MOST], low[CK_BOXES_MOST], absolute[CK_BOXES_MOST];
    float q[CK_BOXES_MOST], magnitude[CK_BOXES_MOST];
    float unit, absolute_unit;
    int32_t sum, high_sum;
    /// The sum of what units leave of the entries, and the norm of what high alone leaves.
    float rest, high_rest;
    /// The norm of the query, rounded up.
    float norm;
    /// Codes of keys are summed in units of step * code_unit: what an error byte counts, what a unit of spread takes, what
    /// codes of 7.5 sum to.
    float code_unit, error_weight, spread_weight, middle_sum;
    /// Boxes and keys whose bound is below `lower` are outside; boxes whose lower bound is above `upper` inside.
    float lower, upper;
} ck_boxes_query;

size_t ck_node_bytes(size_t d);
size_t ck_leaf_bytes(size_t d);

/// Makes a query; `threshold` is the least dot product of a member.
void ck_boxes_prepare(const ck_boxes *boxes, const float *q, double norm, double threshold, ck_boxes_query *query);

/// Lists the nodes that the half-space may reach, and their centres' dot products; room for 16 more than there are.
size_t ck_boxes_nodes(const ck_boxes *boxes, const ck_boxes_query *query, uint32_t *nodes, float *dots);

/// Lists the leaves of `count` listed nodes that it may reach, and the least that 16 times a sum of codes must be for a key
/// to be in it; those wholly inside are counted in `whole`. Room for 16 more than there are.
size_t ck_boxes_leaves(
    const ck_boxes *boxes, const ck_boxes_query *query, const uint32_t *nodes, const float *dots, size_t count,
    uint32_t *leaves, int32_t *leasts, size_t *whole);

/// Lists the keys of listed leaves that the half-space may hold; room for 32 more than there are.
size_t ck_boxes_keys(
    const ck_boxes *boxes, const ck_boxes_query *query, const uint32_t *leaves, const int32_t *leasts, size_t count,
    uint32_t *ids);

#endif
