#include "ckernels.h"
#include "machine/placement.h"

#include <math.h>
#include <string.h>

int ck_step_refuse(const void *part, const ck_step_query *query, ck_step_sum *sum) {
    (void)part, (void)query, (void)sum;
    return 0;
}

SMALL_BEGIN

int ck_step_add_dense(const void *part, const ck_step_query *query, ck_step_sum *sum) {
    const ck_step_rows *all = part;
    sum->counted = 0;
    if (all->first >= all->last) return 1;
    const size_t rows = all->last - all->first;
    sum->weight += ck_dense_power(
        &all->rows, all->first, all->last, query->scaled, (float)query->threshold, query->exponent, sum->values);
    sum->work.candidates += rows;
    sum->work.bytes_read += rows * (query->d + query->dv) * sizeof(float);
    return 1;
}

SMALL_END

/// Adds entries that were just written at the end of a list to the segment of their part.
static void extend(ck_step_scores *list, const ck_step_segment *from, size_t listed) {
    ck_step_segment *last = list->segments + list->segment_count - 1;
    // What a part lists stands in one place; another's may go on there.
    if (list->segment_count == 0 || last->keys != from->keys || last->values != from->values) {
        last = list->segments + list->segment_count++;
        *last = *from;
        last->first = list->count;
    }
    last->count += listed;
    list->count += listed;
}

void ck_step_add_listed(
    const ck_step_query *query, const ck_step_segment *from, const ck_step_list *list, size_t listed, float *sums,
    ck_step_sum *sum) {
    if (listed == 0) return;
    const float scale = (float)(1 / ck_root(query->d));
    if (sum->scores) {
        float *scores = sum->scores->scores + sum->scores->count;
        for (size_t i = 0; i < listed; i++) scores[i] = list->dots[i] * scale;
        memcpy(sum->scores->ids + sum->scores->count, list->ids, listed * sizeof *list->ids);
        return extend(sum->scores, from, listed);
    }
    sum->weight +=
        query->exponent > 0
            ? ck_power_weights(list->dots, listed, scale, (float)query->threshold, query->exponent, list->weights)
            : ck_exponential_weights(list->dots, listed, scale, (float)query->shift, list->weights);
    ck_sum_values(from->values, from->stride, query->dv, list->ids, list->weights, listed, sums);
    const float largest = ck_largest(list->dots, listed) * scale;
    if (largest > sum->largest) sum->largest = largest;
    sum->count += listed;
    sum->work.bytes_read += listed * query->dv * sizeof(float);
}

int ck_step_add_scan(const void *part, const ck_step_query *query, ck_step_sum *sum) {
    const ck_step_rows *all = part;
    enum { CHUNK = 1024 };
    uint32_t ids[CHUNK + 16];
    float dots[CHUNK + 16], weights[CHUNK + 16], sums[CK_STEP_MOST_VALUES];
    const ck_step_list list = {.ids = ids, .dots = dots, .weights = weights};
    const ck_step_segment from = {
        .keys = all->rows.keys, .key_stride = query->d, .values = all->rows.values, .stride = query->dv};
    const size_t d = query->d, rows = all->last - all->first;
    if (rows == 0) return 1;
    const ck_guard band = ck_guard_band(query->norm, query->key_norm, query->threshold, d);
    for (size_t t = 0; t < query->dv; t++) sums[t] = 0;
    for (size_t first = all->first; first < all->last; first += CHUNK) {
        const size_t last = all->last - first < CHUNK ? all->last : first + CHUNK;
        size_t tested = 0;
        size_t listed = ck_scan(&all->rows, first, last, query->vector, band.lower, ids, dots);
        listed = ck_resolve(
            all->rows.keys, d, d, query->vector, query->threshold, band.upper, ids, dots, listed, &tested);
        ck_step_add_listed(query, &from, &list, listed, sums, sum);
    }
    for (size_t t = 0; t < query->dv; t++) sum->values[t] += sums[t];
    sum->work.candidates += rows;
    sum->work.bytes_read += rows * d * sizeof(float);
    return 1;
}

int ck_step_add_codes(const void *part, const ck_step_query *query, ck_step_sum *sum) {
    const ck_step_codes *all = part;
    const ck_coded *coded = &all->coded;
    const size_t d = query->d, dv = query->dv;
    const ck_step_segment from = {.keys = all->keys, .key_stride = d, .values = all->values, .stride = dv};
    float sums[CK_STEP_MOST_VALUES];
    if (!(query->norm < CK_CODED_MOST_NORM)) return 0;
    const ck_guard band = ck_guard_band(query->norm, query->key_norm, query->threshold, d);
    for (size_t t = 0; t < dv; t++) sums[t] = 0;
    // Centres, and rows in float32, are summed in float32 too: the bound gives way by what both may lose.
    ck_coded_prepare(coded, query->vector, query->norm, band.threshold - 4 * band.slack, all->query);
    size_t pruned = 0, candidates = 0;
    for (size_t first = 0; first < all->groups; first += CK_STEP_GROUPS) {
        const size_t last = all->groups - first < CK_STEP_GROUPS ? all->groups : first + CK_STEP_GROUPS;
        size_t listed = ck_scan_codes(coded, all->query, query->vector, first, last, all->list.ids, &pruned), tested = 0;
        if (listed == 0) continue;
        candidates += listed;
        listed =
            ck_filter_rows(all->keys, d, d, query->vector, band.lower, all->list.ids, all->list.dots, listed);
        listed = ck_resolve(
            all->keys, d, d, query->vector, query->threshold, band.upper, all->list.ids, all->list.dots, listed,
            &tested);
        ck_step_add_listed(query, &from, &all->list, listed, sums, sum);
    }
    for (size_t t = 0; t < dv; t++) sum->values[t] += sums[t];
    sum->work.visited += all->groups;
    sum->work.pruned += pruned;
    sum->work.candidates += candidates;
    sum->work.bytes_read +=
        (all->groups - pruned) * (CK_GROUP / CK_BLOCK) * coded->block_bytes + candidates * d * sizeof(float);
    return 1;
}

/// Lists the leaves of boxes that the boundary of a prepared query crosses or that are inside; returns how many.
static size_t descend(const ck_step_boxes *all, ck_tree_work *work) {
    const ck_boxes *boxes = &all->boxes;
    const size_t crossed = ck_boxes_nodes(boxes, all->query, all->nodes, all->node_dots);
    const size_t found = ck_boxes_leaves(
        boxes, all->query, all->nodes, all->node_dots, crossed, all->leaves, all->leasts, &work->whole);
    work->visited += boxes->nodes + crossed * CK_LEAVES;
    work->pruned += boxes->nodes - crossed + crossed * CK_LEAVES - found;
    work->bytes_read += boxes->nodes * (2 * boxes->d + 1) * sizeof(float) + crossed * boxes->box_bytes;
    return found;
}

void ck_step_add_boxed(
    const ck_step_boxes *all, const ck_step_rename *rename, const ck_step_segment *from, const ck_step_query *query,
    const ck_guard *band, ck_step_sum *sum) {
    const ck_step_list *list = &all->list;
    const size_t d = query->d, stride = from->key_stride;
    float sums[CK_STEP_MOST_VALUES];
    for (size_t t = 0; t < query->dv; t++) sums[t] = 0;
    size_t candidates = 0;
    const size_t leaves = descend(all, &sum->work);
    for (size_t first = 0; first < leaves; first += CK_STEP_LEAVES) {
        const size_t some = leaves - first < CK_STEP_LEAVES ? leaves - first : CK_STEP_LEAVES;
        size_t tested = 0;
        size_t listed =
            ck_boxes_keys(&all->boxes, all->query, all->leaves + first, all->leasts + first, some, list->ids);
        candidates += listed;
        for (size_t i = 0; rename && i < listed; i++)
            list->ids[i] = rename->positions[list->ids[i]] + rename->first_row;
        listed = ck_filter_rows(from->keys, stride, d, query->vector, band->lower, list->ids, list->dots, listed);
        listed = ck_resolve(
            from->keys, stride, d, query->vector, query->threshold, band->upper, list->ids, list->dots, listed, &tested);
        ck_step_add_listed(query, from, list, listed, sums, sum);
    }
    for (size_t t = 0; t < query->dv; t++) sum->values[t] += sums[t];
    sum->work.candidates += candidates;
    sum->work.bytes_read += leaves * all->boxes.leaf_bytes + candidates * stride * sizeof(float);
}

int ck_step_add_boxes(const void *part, const ck_step_query *query, ck_step_sum *sum) {
    const ck_step_boxes *all = part;
    const ck_boxes *boxes = &all->boxes;
    const ck_step_segment from = {
        .keys = boxes->keys, .key_stride = boxes->stride, .values = all->values, .stride = boxes->stride};
    if (!(query->norm < CK_BOXES_MOST_NORM)) return 0;
    const ck_guard band = ck_guard_band(query->norm, query->key_norm, query->threshold, query->d);
    ck_boxes_prepare(boxes, query->vector, query->norm, band.threshold, all->query);
    ck_step_add_boxed(all, NULL, &from, query, &band, sum);
    return 1;
}

SMALL_BEGIN

int ck_step_add_tree(const void *part, const ck_step_query *query, ck_step_sum *sum) {
    const ck_step_tree *all = part;
    const ck_tree *tree = all->tree;
    if (sum->scores) {
        ck_step_scores *list = sum->scores;
        const ck_step_segment from = {.keys = tree->store_keys, .key_stride = query->d};
        size_t listed = 0;
        if (!ck_tree_scores(
                tree, query->vector, query->threshold, &all->room, list->ids + list->count, list->scores + list->count,
                &listed, &sum->work))
            return 0;
        extend(list, &from, listed);
        return 1;
    }
    const ck_tree_weight weight = {.exponent = query->exponent, .shift = query->exponent > 0 ? query->threshold : query->shift};
    const int order = query->exponent >= 1 && query->exponent <= 3 && tree->moments[query->exponent - 1] ? query->exponent : 0;
    const size_t whole = sum->work.whole;
    double largest = sum->largest;
    if (!ck_tree_aggregate(
            tree, query->vector, query->threshold, weight, order, &all->room, sum->values, &sum->weight, &sum->count,
            &largest, &sum->work))
        return 0;
    sum->largest = (float)largest;
    if (order > 0 && sum->work.whole > whole) sum->used_moments = 1;
    return 1;
}

size_t ck_net_cell_of(int32_t d, int32_t parts, const double *borders, const float *q) {
    int32_t face = 0;
    for (int32_t t = 1; t < d; t++)
        if (fabsf(q[t]) > fabsf(q[face])) face = t;
    const double scale = 1 / fabs((double)q[face]);
    size_t cell = 2 * (size_t)face + (q[face] < 0);
    for (int32_t t = 0; t < d; t++) {
        if (t == face) continue;
        const double x = q[t] * scale;
        int32_t low = 0, high = parts;
        while (high - low > 1) {
            const int32_t middle = (low + high) / 2;
            if (x >= borders[middle]) low = middle;
            else high = middle;
        }
        cell = cell * (size_t)parts + (size_t)low;
    }
    return cell;
}

int ck_step_add_net(const void *part, const ck_step_query *query, ck_step_sum *sum) {
    const ck_net *net = part;
    // A search would wait for one line after the other.
    for (int32_t i = 0; i <= net->parts; i += 8) __builtin_prefetch(net->borders + i);
    double squares = 0;
    for (size_t t = 0; t < query->d; t++) squares += (double)query->vector[t] * (double)query->vector[t];
    if (!(squares > 0)) return ck_step_add_tree(&net->all, query, sum);
    const ck_net_cell *cell = net->cells + ck_net_cell_of(net->d, net->parts, net->borders, query->vector);
    // The same comparison as the listing path makes, so that both ask the same tree.
    if (!(query->threshold * ck_root(query->d) / sqrt(squares) >= cell->least))
        return ck_step_add_tree(&net->all, query, sum);
    const ck_step_tree own = {.tree = cell->tree, .room = net->all.room};
    return ck_step_add_tree(&own, query, sum);
}

SMALL_END
