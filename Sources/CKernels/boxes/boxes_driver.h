// The driver of boxes.
#ifndef CK_BOXES_DRIVER_H
#define CK_BOXES_DRIVER_H

#include "boxes/boxes.h"
#include "bounds/guard_band.h"
#include "sink/sink.h"

/// Leaves of boxes whose candidates are listed before they are tested: the lists stay in the nearer caches.
enum { CK_BOXES_STRETCH = 2048 };

/// Queries and keys of larger norm could take the bounds of boxes out of float32.
#define CK_BOXES_MOST_NORM 1e15

/// Keys in boxes with their values (value j at values + j * stride of the boxes) and rows, and memory to work in: lists of all
/// nodes and leaves, and of the keys of CK_BOXES_STRETCH leaves.
typedef struct {
    ck_boxes boxes;
    const float *values;
    const uint32_t *rows;
    ck_boxes_query *query;
    uint32_t *nodes, *leaves;
    float *node_dots;
    int32_t *leasts;
    ck_members members;
} ck_boxes_index;

/// Descends through boxes, and tests what their codes leave in float32 (`index` is a ck_boxes_index).
int ck_find_boxes(const void *index, const ck_half_space *half, ck_sink *sink);

/// The row of the key in a slot of boxes: rows[slot] + first_row.
typedef struct {
    const uint32_t *rows;
    uint32_t first_row;
} ck_renaming;

/// The same for a query that is prepared for the boxes already: tests the keys in `from` that codes leave, under their slots
/// or, if `renaming` is not null, their rows.
void ck_find_boxed(
    const ck_boxes_index *all, const ck_renaming *renaming, const ck_segment *from, const ck_half_space *half,
    const ck_guard *band, ck_sink *sink);

#endif
