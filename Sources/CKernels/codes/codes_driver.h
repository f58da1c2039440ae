// The driver of the scan in codes.
#ifndef CK_CODES_DRIVER_H
#define CK_CODES_DRIVER_H

#include "codes/packed_codes.h"
#include "sink/sink.h"

/// Groups of coded keys whose candidates are listed before they are tested: few stretches, since the first fetches of each are
/// waited for, of lists that stay in the nearer caches.
enum { CK_CODES_STRETCH = 1024 };

/// Queries of larger norm could take the bounds of coded keys out of float32.
#define CK_CODES_MOST_NORM 1e15

/// A half-space that was looked for ahead.
typedef struct {
    /// Where its candidates are listed, how many they are, and the groups that were ruled out.
    uint32_t *ids;
    size_t count, pruned;
    /// Its part of the bytes that were read.
    size_t bytes;
    /// Every key whose bound reaches this is listed.
    double lower;
    /// Whether a list waits to be asked for.
    int32_t waits;
} ck_codes_look;

/// Coded keys with the rows that they stand for, the number of their first row, and memory to work in: lists of
/// CK_CODES_STRETCH groups and 64 more. Half-spaces that are looked for ahead, `most_looks` of them, have a list of `list_room` each,
/// and a query; there is at least one query.
typedef struct {
    ck_coded coded;
    ck_table keys, values;
    uint32_t first_row;
    size_t groups;
    ck_key_query *query;
    ck_members members;
    ck_codes_look *looks;
    size_t most_looks, list_room;
} ck_codes_index;

/// Scans codes, and tests what their bounds leave in float32 (`index` is a ck_codes_index).
int ck_find_codes(const void *index, const ck_half_space *half, ck_sink *sink);

/// Scans codes once for at most `most_looks` half-spaces, and lists what their bounds leave of each.
void ck_look_for_codes(const void *index, const ck_half_space *halves, size_t count);

#endif
