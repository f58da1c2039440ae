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

/// Coded keys with the rows that they stand for, the number of their first row, and memory to work in: lists of
/// CK_CODES_STRETCH groups and 64 more. Where several half-spaces are asked for together there is a `query` for each, and for each
/// but the first a list of `list_room` in `more`.
typedef struct {
    ck_coded coded;
    ck_table keys, values;
    uint32_t first_row;
    size_t groups;
    ck_key_query *query;
    ck_members members;
    uint32_t *more;
    size_t list_room;
} ck_codes_index;

/// Scans codes, and tests what their bounds leave in float32 (`index` is a ck_codes_index).
int ck_find_codes(const void *index, const ck_half_space *half, ck_sink *sink);

/// The same for several half-spaces, at most as many as there is room for.
void ck_find_codes_together(
    const void *index, const ck_half_space *halves, ck_sink *sinks, size_t count, int *answered);

#endif
