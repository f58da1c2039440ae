// Keys in low-bit codes with a sound error bound.
#ifndef CK_PACKED_CODES_H
#define CK_PACKED_CODES_H

#include <stddef.h>
#include <stdint.h>

#include "bounds/limits.h"

/// Keys to a block, which lie together, and to a group, which shares a centre and a step.
enum { CK_BLOCK = 64, CK_GROUP = 256 };

/// An error or a radius that says nothing: every key passes.
#define CK_UNBOUNDED 1e38f

/// What a group of 256 keys shares. Key j of the group is centre + step * weight[t] * (code[t] - middle) + error, where
/// the error's norm is at most error_base + error_step * error byte of j.
typedef struct {
    float step;
    float error_base, error_step;
    /// The largest norm of (code - middle) over the group's keys, rounded up.
    float spread;
    /// The largest distance of a key from the centre, rounded up.
    float radius;
} ck_group;

/// Coded keys, in blocks of 64 keys. A block holds, for every four dimensions, 128 bytes with the high 4 bits of the
/// codes: byte 4 j + i of the first 64 with dimension i of key j (low half) and j + 16 (high half), the second 64 with
/// keys j + 32 and j + 48; with 6 bits then, for every four dimensions, 64 bytes with the low 2 bits of keys j, j + 16,
/// j + 32 and j + 48; then a byte of error for each key.
typedef struct {
    size_t count, d;
    /// 4 or 6.
    int bits;
    /// Rows of `centre_stride` floats, a multiple of 16 padded with zeros.
    size_t centre_stride;
    /// Bytes from one block to the next: ck_block_bytes(d, bits).
    size_t block_bytes;
    uint8_t *codes;
    float *centres;
    ck_group *groups;
    /// The weight of each dimension.
    const float *weights;
} ck_coded;

size_t ck_block_bytes(size_t d, int bits);

/// A query against coded keys.
typedef struct {
    float scale;
    /// The norm of what is left, rounded up.
    float rest;
    int32_t sum;
    /// The norm of the query, rounded up.
    float norm;
    /// Candidates are those whose bound reaches this: already lowered by what float32 may lose.
    double lower;
    /// Query times weight in 8 bits: about scale * code; padded with zeros.
    int8_t codes[CK_MOST_DIMENSIONS];
} ck_key_query;

void ck_coded_prepare(const ck_coded *coded, const float *q, double norm, double lower, ck_key_query *query);

/// Lists keys of groups first_group ..< last_group whose bound reaches `lower`; `ids` has room for all of them and 64
/// more. `pruned` counts groups that their radius ruled out. `q` is padded with zeros to a multiple of 16.
size_t ck_scan_codes(
    const ck_coded *coded, const ck_key_query *query, const float *q, size_t first_group, size_t last_group,
    uint32_t *ids, size_t *pruned);

/// The same for `count` queries, each line of codes read once: the keys of query k are added to the counts[k] that stand in
/// lists[k], its groups that were ruled out to pruned[k]. q[k] is padded as above.
void ck_scan_codes_together(
    const ck_coded *coded, const ck_key_query *queries, const float *const *q, size_t count, size_t first_group,
    size_t last_group, uint32_t *const *lists, size_t *counts, size_t *pruned);

#endif
