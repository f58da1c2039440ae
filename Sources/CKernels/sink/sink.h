// What a query asks of an index, and what becomes of the keys that the index finds.
#ifndef CK_SINK_H
#define CK_SINK_H

#include <stddef.h>
#include <stdint.h>

#include "scan/table.h"

/// A half-space {k : <q, k> / sqrt(d) >= threshold}.
typedef struct {
    /// q, d floats padded with zeros to a multiple of 16, and the same divided by sqrt(d).
    const float *vector, *scaled;
    size_t d, dv;
    double threshold;
    /// The norm of q, rounded up, and an upper bound of the norms of the keys.
    double norm, key_norm;
    /// Which of the half-spaces that were looked for ahead this is, from 1 on, so that a part may know its candidates already; 0: none.
    size_t looked;
} ck_half_space;

/// What a query cost, in nodes, keys and bytes.
typedef struct {
    size_t visited, pruned, whole, candidates, whole_keys, bytes_read;
} ck_work;

/// The largest number of parts of an index.
enum { CK_MOST_PARTS = 64 };

/// Entries first ..< first + count of a list. An id is a row of both tables, values perhaps without a base; the row in the store
/// is rows[id], or id + first_row where `rows` is null.
typedef struct {
    ck_table keys, values;
    const uint32_t *rows;
    uint32_t first_row;
    size_t first, count;
} ck_segment;

/// Members with their scores: room for every key, and for 64 more a part.
typedef struct {
    float *scores;
    uint32_t *ids;
    size_t count, segment_count;
    ck_segment segments[CK_MOST_PARTS];
} ck_listing;

enum { CK_TRACE_LEVELS = 8 };

/// How a query saw a key that it did not prune.
enum { CK_SEEN_PRUNED, CK_SEEN_TESTED, CK_SEEN_REPORTED, CK_SEEN_WHOLE };

/// What the descents of trees met, for pictures.
typedef struct {
    /// Nodes by level, leaves first: whose bound was tested, and of those outside and inside.
    size_t visited[CK_TRACE_LEVELS], pruned[CK_TRACE_LEVELS], whole[CK_TRACE_LEVELS];
    int32_t levels;
    /// Keys in leaves that the boundary crosses.
    size_t tested;
    /// For each row how it was seen; keys of pruned nodes are left as they are.
    uint8_t *seen;
    /// Groups of keys that were left out, each with an upper bound of their scores, and memory for a descent to list nodes in:
    /// room for all leaves and 2 more a part.
    size_t *group_keys;
    double *group_bounds;
    size_t groups;
    uint32_t *nodes;
    float *node_bounds;
} ck_trace;

/// What is wanted of the members of a half-space: their weighted sum of values, a list of them, or how many they are.
enum { CK_WANT_SUM, CK_WANT_LIST, CK_WANT_COUNT };

/// Where a driver hands the members that it finds. It asks `wanted`, and whether `exponent` and `shift` let whole nodes answer
/// by their moments; which keys are members never depends on either.
typedef struct {
    int32_t wanted;
    /// Weights: max(0, s - shift)^exponent of a score s, or exp(s - shift) where the exponent is 0.
    int32_t exponent;
    double shift;
    /// `sum w v`, dv doubles, and `sum w`.
    double *values;
    double weight;
    /// Members found, whatever is wanted.
    size_t count;
    /// The largest score of the members that were weighed one by one.
    float largest;
    int32_t used_moments;
    ck_work work;
    /// Where members are listed, if that is wanted.
    ck_listing *list;
    /// Filled by drivers that descend a tree, if not null.
    ck_trace *trace;
} ck_sink;

/// Hands the members of a half-space to a sink, or returns 0, with what the sink holds unspecified, where float32 cannot hold
/// what that takes.
typedef int (*ck_find)(const void *index, const ck_half_space *half, ck_sink *sink);

/// Notes what may be in each of several half-spaces, in one reading of the keys, for the ``ck_find`` of each that follows: it finds
/// the same, and need not read again what was read here.
typedef void (*ck_look)(const void *index, const ck_half_space *halves, size_t count);

/// Half-spaces that may be looked for ahead.
enum { CK_MOST_LOOKS = 8 };

/// A part of an index: its driver, what that is handed, and what it can do.
typedef struct {
    ck_find find;
    const void *index;
    /// Whether the entries that it lists have values. One that holds values in an order of its own, or their moments, is asked
    /// again for their sum.
    int32_t lists_values;
    /// Whether it fills a trace.
    int32_t traces;
    /// Looks for as many as `most_looks` half-spaces ahead, at most CK_MOST_LOOKS; null where each is found by itself.
    ck_look look;
    size_t most_looks;
} ck_part;

/// Memory for members, parallel, before they are handed on.
typedef struct {
    uint32_t *ids;
    float *dots, *weights;
} ck_members;

/// Hands `count` members with their dot products to a sink; `from` says where their keys and values are, and `sums` (dv floats)
/// gets `sum w v` where sums are wanted.
void ck_sink_take(
    ck_sink *sink, const ck_half_space *half, const ck_segment *from, const ck_members *members, size_t count, float *sums);

/// Notes keys that were left out.
void ck_trace_group(ck_trace *trace, size_t keys, double bound);

/// Takes entries into account that were written at the end of a list.
void ck_listing_extend(ck_listing *list, const ck_segment *from, size_t count);

#endif
