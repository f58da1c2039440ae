#include "boxes/boxes_driver.h"

#include "ckernels.h"
#include "machine/placement.h"

/// Lists the leaves of boxes that the boundary of a prepared query crosses or that are inside; returns how many.
static size_t descend(const ck_boxes_index *all, ck_work *work) {
    const ck_boxes *boxes = &all->boxes;
    const size_t crossed = ck_boxes_nodes(boxes, all->query, all->nodes, all->node_dots);
    const size_t found = ck_boxes_leaves(
        boxes, all->query, all->nodes, all->node_dots, crossed, all->leaves, all->leasts, &work->whole);
    work->visited += boxes->nodes + crossed * CK_LEAVES;
    work->pruned += boxes->nodes - crossed + crossed * CK_LEAVES - found;
    work->bytes_read += boxes->nodes * (2 * boxes->d + 1) * sizeof(float) + crossed * boxes->box_bytes;
    return found;
}

void ck_find_boxed(
    const ck_boxes_index *all, const ck_renaming *renaming, const ck_segment *from, const ck_half_space *half,
    const ck_guard *band, ck_sink *sink) {
    const ck_members *members = &all->members;
    const size_t d = half->d, record = from->keys.stride * ck_entry_bytes(from->keys.format);
    float sums[half->dv] CK_ALIGNED;
    for (size_t t = 0; t < half->dv; t++) sums[t] = 0;
    size_t candidates = 0;
    const size_t leaves = descend(all, &sink->work);
    for (size_t first = 0; first < leaves; first += CK_BOXES_STRETCH) {
        const size_t some = leaves - first < CK_BOXES_STRETCH ? leaves - first : CK_BOXES_STRETCH;
        size_t tested = 0;
        size_t count =
            ck_boxes_keys(&all->boxes, all->query, all->leaves + first, all->leasts + first, some, members->ids);
        candidates += count;
        for (size_t i = 0; renaming && i < count; i++)
            members->ids[i] = renaming->rows[members->ids[i]] + renaming->first_row;
        count = ck_filter_rows(from->keys, d, half->vector, band->lower, members->ids, members->dots, count);
        count = ck_resolve(
            from->keys, d, half->vector, half->threshold, band->upper, members->ids, members->dots, count, &tested);
        ck_sink_take(sink, half, from, members, count, sums);
    }
    if (sink->wanted == CK_WANT_SUM)
        for (size_t t = 0; t < half->dv; t++) sink->values[t] += sums[t];
    sink->work.candidates += candidates;
    sink->work.bytes_read += leaves * all->boxes.leaf_bytes + candidates * record;
}

int ck_find_boxes(const void *index, const ck_half_space *half, ck_sink *sink) {
    const ck_boxes_index *all = index;
    const ck_boxes *boxes = &all->boxes;
    const ck_segment from = {
        .keys = ck_floats(boxes->keys, boxes->stride), .values = ck_floats(all->values, boxes->stride), .rows = all->rows};
    if (!(half->norm < CK_BOXES_MOST_NORM) || !(half->key_norm < CK_BOXES_MOST_NORM)) return 0;
    const ck_guard band = ck_guard_band(half->norm, half->key_norm, half->threshold, half->d);
    ck_boxes_prepare(boxes, half->vector, half->norm, band.threshold, all->query);
    ck_find_boxed(all, NULL, &from, half, &band, sink);
    return 1;
}
