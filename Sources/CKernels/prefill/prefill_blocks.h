// Attention of a block of queries at once: a vector's lanes are queries, so a key or value is read once for all of them.
#ifndef CK_PREFILL_BLOCKS_H
#define CK_PREFILL_BLOCKS_H

#include <stddef.h>
#include <stdint.h>

/// Queries of a block, and of the groups that descend a tree together.
enum { CK_BLOCK_LANES = 64, CK_GROUP_LANES = 16 };

/// Queries side by side; `width` is CK_BLOCK_LANES or CK_GROUP_LANES, and an array of [width] holds a number for each.
typedef struct {
    /// [d][width], divided by sqrt(d).
    const float *q;
    /// [width] the threshold b.
    const float *b;
    /// [width] half the width of the band around b in which the definition decides.
    const float *guard;
    /// [width] what is subtracted in exponents.
    const float *shift;
    /// [width] keys from this position on are not seen; null if all are.
    const int32_t *limit;
    /// The definition: the queries as they came, [width][d], and their thresholds.
    const float *exact;
    const double *threshold;
} ck_lanes;

/// What lanes sum: all are added to.
typedef struct {
    /// [dv][width] sum of w v, [width] sum of w, [width] how many keys are members.
    float *values, *weight;
    int32_t *count;
} ck_lane_sums;

/// Keys and values one after the other, row-major; readable and finite for 4 rows past the last.
typedef struct {
    const float *keys, *values;
    int32_t d, dv;
} ck_lane_rows;

/// Dense: adds rows first ..< last to a block of 64 with w = max(0, s - b)^alpha. Members are not counted.
void ck_block_power(
    const ck_lane_rows *rows, size_t first, size_t last, const ck_lanes *lanes, int alpha, const ck_lane_sums *sums);

/// Dense softmax: `largest` [64] is the running maximum (start with -INFINITY and zero sums); what was summed before is
/// rescaled as it rises.
void ck_block_softmax(
    const ck_lane_rows *rows, size_t first, size_t last, const ck_lanes *lanes, float *largest,
    const ck_lane_sums *sums);

/// Dense entmax, first pass: raises `largest` [64] (start with -INFINITY) to the largest score of each lane and appends the
/// scores that are within `reach` of the largest so far and not below `bounds` [64] (all above -INFINITY, which stands for
/// what a lane does not see) to its list, at lists + lane * stride, of `counts` [64] entries; room for all rows.
void ck_block_near(
    const ck_lane_rows *rows, size_t first, size_t last, const ck_lanes *lanes, float reach, float *largest,
    const float *bounds, float *lists, size_t stride, int32_t *counts);

/// Dense entmax, second pass where its exponent is no whole number: w = (max(0, s - b) scale)^exponent.
void ck_block_real_power(
    const ck_lane_rows *rows, size_t first, size_t last, const ck_lanes *lanes, float scale, float exponent,
    const ck_lane_sums *sums);

/// Adds the members among rows first ..< last to a block of 64 and counts them: w = max(0, s - b)^alpha, or
/// exp(s - shift) where alpha is 0. Membership is the definition's.
void ck_block_members(
    const ck_lane_rows *rows, size_t first, size_t last, const ck_lanes *lanes, int alpha, const ck_lane_sums *sums);

/// Counts the members among rows first ..< last, without values.
void ck_block_count(
    const ck_lane_rows *rows, size_t first, size_t last, const ck_lanes *lanes, int32_t *count);

#endif
