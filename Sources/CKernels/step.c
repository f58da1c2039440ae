#include "ckernels.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/// x^exponent of a small natural number.
static double power(double x, int exponent) {
    double p = 1;
    while (exponent-- > 0) p *= x;
    return p;
}

/// Whether so much weight may be rounding alone: every key close to b.
static int may_be_noise(const ck_step_query *query, const ck_step_sum *sum) {
    if (query->exponent == 0) return 0;
    double slack = (double)(query->d + 8) * 0x1p-22 * query->norm * query->keyNorm / sqrt((double)query->d) +
                   fabs(query->threshold) * 0x1p-22;
    return !(sum->weight > (double)sum->count * power(4 * slack, query->exponent));
}

/// Copies q and q / sqrt(d), padded with zeros to a multiple of 16; returns the norm of q, rounded up.
static double prepare(const float *q, size_t d, float *vector, float *scaled) {
    const size_t padded = (d + 15) & ~(size_t)15;
    const float scale = (float)(1 / sqrt((double)d));
    double squares = 0;
    for (size_t t = 0; t < d; t++) {
        vector[t] = q[t];
        scaled[t] = q[t] * scale;
        squares += (double)q[t] * (double)q[t];
    }
    for (size_t t = d; t < padded; t++) vector[t] = scaled[t] = 0;
    return sqrt(squares) * (1 + 0x1p-40);
}

/// Divides the sums by their weight; whether all of them are numbers.
static int normalise(const double *values, size_t dv, double weight, float *output) {
    const double share = 1 / weight;
    double check = 0;
    for (size_t t = 0; t < dv; t++) {
        output[t] = (float)(values[t] * share);
        check += fabsf(output[t]);
    }
    return check < (double)INFINITY;
}

/// The output and what was found, from the sums of all parts; 0 where a slower way has to answer.
static int finish(const ck_step_query *query, const ck_step_sum *sum, float *output, ck_step_result *result) {
    result->weight = sum->weight;
    result->count = sum->count;
    result->counted = sum->counted;
    result->usedMoments = sum->usedMoments;
    result->work = sum->work;
    if (sum->counted && sum->count == 0) {
        for (size_t t = 0; t < query->dv; t++) output[t] = 0;
        return 1;
    }
    // Without a count, what weighs little beside b may be rounding.
    const double size = fabs(query->threshold) > 1 ? fabs(query->threshold) : 1;
    const double least = sum->counted ? 1e-30 : 1e-4 * size, most = sum->counted ? 1e30 : 1e12;
    if (!(sum->weight > least && sum->weight < most)) return 0;
    if (sum->counted && may_be_noise(query, sum)) return 0;
    return normalise(sum->values, query->dv, sum->weight, output);
}

int ck_step_relu(const ck_step *step, const float *q, double b, int alpha, float *output, ck_step_result *result) {
    float scaled[CK_STEP_MOST_KEYS + 16];
    float *vector = result->vector;
    double values[CK_STEP_MOST_VALUES];
    const size_t d = step->d, dv = step->dv;
    const double norm = prepare(q, d, vector, scaled);
    for (size_t t = 0; t < dv; t++) values[t] = 0;
    ck_step_query query = {
        .vector = vector, .scaled = scaled, .d = d, .dv = dv, .threshold = b, .exponent = alpha, .norm = norm,
        .keyNorm = step->keyNorm};
    if (!(query.norm * query.keyNorm < 0x1p100) || !(fabs(b) < 0x1p60)) return 0;

    ck_step_sum sum = {.values = values, .counted = 1, .largest = -INFINITY};
    for (size_t i = 0; i < step->count; i++)
        if (!step->parts[i].add(step->parts[i].part, &query, &sum)) return 0;

    return finish(&query, &sum, output, result);
}

/// Every key scored, every value read; `scaled` is q / sqrt(d).
static int dense_entmax(const ck_step *step, const float *scaled, double alpha, float *output, ck_step_result *result) {
    double values[CK_STEP_MOST_VALUES];
    const ck_step_rows *all = step->dense;
    const size_t d = step->d, dv = step->dv, rows = all->last;
    result->weight = rows > 0;
    result->work = (ck_tree_work){.candidates = rows, .bytesRead = rows * (d + dv) * sizeof(float)};
    for (size_t t = 0; t < dv; t++) values[t] = output[t] = 0;
    if (rows == 0) return 1;
    float *dots = step->scores, *near = step->near;
    ck_dots(&all->rows, 0, rows, scaled, dots);
    const float top = ck_largest(dots, rows), scale = (float)(alpha - 1), exponent = (float)(1 / (alpha - 1));
    size_t count = ck_list(dots, rows, top - exponent * 1.0001f, NULL, near);
    result->largest = top;
    result->cut = ck_entmax_cut(near, &count, top, -FLT_MAX, scale, exponent);
    const double weight = ck_entmax_weights(dots, rows, top, scale, (result->cut - top) * scale, exponent);
    // Blocks of values are read whole: what lies past the last row weighs nothing.
    for (size_t i = rows; i < rows + 16; i++) dots[i] = 0;
    ck_dense_values(&all->rows, rows, dots, values);
    return weight > 0 && normalise(values, dv, weight, output);
}

/// Lists the scores of a half-space; 0 where a part refuses.
static int list_scores(const ck_step *step, const ck_step_query *query, ck_step_scores *list, ck_step_sum *sum) {
    list->scores = step->scores;
    list->ids = step->ids;
    sum->scores = list;
    for (size_t i = 0; i < step->count; i++)
        if (!step->parts[i].add(step->parts[i].part, query, sum)) return 0;
    sum->scores = 0;
    return 1;
}

/// Keeps, in order, what scores more than `high` and what is a member by the definition.
static size_t keep_defined(
    const ck_step_query *query, const ck_step_segment *from, uint32_t *ids, float *scores, size_t count, float high) {
    const double root = sqrt((double)query->d);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        const uint32_t id = ids[i];
        const float score = scores[i];
        if (!(score > high) &&
            !(ck_exact_dot(query->vector, from->keys + id * from->key_stride, query->d) / root >= query->threshold))
            continue;
        ids[kept] = id;
        scores[kept++] = score;
    }
    return kept;
}

/// Adds the members of the query among those listed: what scores `low` or more, and where it is no more than `high` only what
/// the definition takes.
static int add_members(
    const ck_step *step, const ck_step_query *query, ck_step_scores *list, float low, float high, ck_step_sum *sum) {
    int trees = 0;
    float sums[CK_STEP_MOST_VALUES];
    for (size_t t = 0; t < step->dv; t++) sums[t] = 0;
    for (size_t i = 0; i < list->segmentCount; i++) {
        const ck_step_segment *s = list->segments + i;
        if (!s->values) {
            trees = 1;
            continue;
        }
        uint32_t *ids = list->ids + s->first;
        float *scores = list->scores + s->first;
        size_t kept = ck_keep(ids, scores, s->count, low);
        if (high > low) kept = keep_defined(query, s, ids, scores, kept, high);
        sum->weight += query->exponent > 0
                           ? ck_power_weights(scores, kept, 1, (float)query->threshold, query->exponent, step->near)
                           : ck_exponential_weights(scores, kept, 1, (float)query->shift, step->near);
        ck_sum_values(s->values, s->stride, step->dv, ids, step->near, kept, sums);
        sum->count += kept;
        sum->work.bytesRead += kept * step->dv * sizeof(float);
    }
    for (size_t t = 0; t < step->dv; t++) sum->values[t] += sums[t];
    // Trees read values in their own order, or moments.
    for (size_t i = 0; trees && i < step->count; i++) {
        const ck_step_add add = step->parts[i].add;
        if ((add == ck_step_add_tree || add == ck_step_add_net) && !add(step->parts[i].part, query, sum)) return 0;
    }
    return 1;
}

int ck_step_entmax(const ck_step *step, const float *q, double alpha, double low, float *output, ck_step_result *result) {
    float scaled[CK_STEP_MOST_KEYS + 16];
    const double norm = prepare(q, step->d, result->vector, scaled), reach = 1 / (alpha - 1);
    const double slack = (double)(step->d + 8) * 0x1p-24 * norm * step->keyNorm / sqrt((double)step->d);
    if (!(alpha <= 2) || !(slack < 1e-3 * reach)) return 0;
    result->counted = result->usedMoments = 0;
    if (step->dense) return dense_entmax(step, scaled, alpha, output, result);

    const double natural = round(reach);
    if (!(natural <= 8) || fabs(natural - reach) > 1e-9 || !(fabs(low) < 0x1p60)) return 0;
    ck_step_query query = {
        .vector = result->vector, .scaled = scaled, .d = step->d, .dv = step->dv, .threshold = low, .exponent = 1,
        .norm = norm, .keyNorm = step->keyNorm};
    double values[CK_STEP_MOST_VALUES];
    for (size_t t = 0; t < step->dv; t++) values[t] = 0;
    ck_step_scores list = {0};
    ck_step_sum sum = {.values = values, .counted = 1, .largest = -INFINITY};
    if (!list_scores(step, &query, &list, &sum) || list.count == 0) return 0;
    memcpy(step->near, list.scores, list.count * sizeof *list.scores);
    size_t count = list.count;
    const float top = ck_largest(list.scores, list.count);
    const float cut = ck_entmax_cut(step->near, &count, top, (float)low, (float)(alpha - 1), (float)natural);
    // More keys only raise tau: above `low` by more than rounding, those below it weigh nothing.
    if (!(cut > low + slack)) return 0;

    query.threshold = cut;
    query.exponent = (int32_t)natural;
    if (!add_members(step, &query, &list, cut, cut, &sum)) return 0;
    const int done = finish(&query, &sum, output, result);
    result->largest = top;
    result->cut = cut;
    result->weight = 1;
    result->counted = 0;
    return done;
}

/// Descending.
static int compare(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

int ck_step_largest(const ck_step *step, const float *q, size_t r, double low, float *output, ck_step_result *result) {
    enum { MOST_DOUBTFUL = 256 };
    float scaled[CK_STEP_MOST_KEYS + 16];
    double values[CK_STEP_MOST_VALUES], exact[MOST_DOUBTFUL];
    const double root = sqrt((double)step->d);
    ck_step_query query = {
        .vector = result->vector, .scaled = scaled, .d = step->d, .dv = step->dv, .threshold = low, .exponent = 1,
        .norm = prepare(q, step->d, result->vector, scaled), .keyNorm = step->keyNorm};
    if (step->dense || r == 0 || !(query.norm * query.keyNorm < 0x1p100) || !(fabs(low) < 0x1p60)) return 0;
    for (size_t t = 0; t < step->dv; t++) values[t] = 0;
    ck_step_scores list = {0};
    ck_step_sum sum = {.values = values, .counted = 1, .largest = -INFINITY};
    if (!list_scores(step, &query, &list, &sum) || list.count < r) return 0;

    // Scores are float32: those about the r-th largest are ordered by the definition.
    const double middle = ck_rank(list.scores, list.count, r, step->near);
    const double doubt =
        4 * ck_guard_band(query.norm, query.keyNorm, middle, step->d).slack / root + fabs(middle) * 0x1p-22;
    const float least = (float)(middle - 1.001 * doubt), most = (float)(middle + 1.001 * doubt);
    if (!(middle - 2 * doubt > low)) return 0;
    size_t above = 0, doubtful = 0;
    for (size_t i = 0; i < list.segmentCount; i++) {
        const ck_step_segment *s = list.segments + i;
        size_t over = 0;
        uint32_t *places = (uint32_t *)step->near;
        const size_t found = ck_band(list.scores + s->first, s->count, least, most, places, &over);
        above += over;
        if (doubtful + found > MOST_DOUBTFUL) return 0;
        for (size_t k = 0; k < found; k++) {
            const float *key = s->keys + list.ids[s->first + places[k]] * s->key_stride;
            exact[doubtful++] = ck_exact_dot(result->vector, key, step->d) / root;
        }
    }
    if (r <= above || r > above + doubtful) return 0;
    qsort(exact, doubtful, sizeof *exact, compare);
    query.threshold = exact[r - above - 1];
    query.exponent = 0;
    query.shift = ck_largest(list.scores, list.count);
    if (!add_members(step, &query, &list, least, most, &sum)) return 0;
    const int done = finish(&query, &sum, output, result);
    result->largest = (float)query.shift;
    result->threshold = query.threshold;
    return done;
}

int ck_step_refuse(const void *part, const ck_step_query *query, ck_step_sum *sum) {
    (void)part, (void)query, (void)sum;
    return 0;
}

int ck_step_add_dense(const void *part, const ck_step_query *query, ck_step_sum *sum) {
    const ck_step_rows *all = part;
    sum->counted = 0;
    if (all->first >= all->last) return 1;
    const size_t rows = all->last - all->first;
    sum->weight += ck_dense_power(
        &all->rows, all->first, all->last, query->scaled, (float)query->threshold, query->exponent, sum->values);
    sum->work.candidates += rows;
    sum->work.bytesRead += rows * (query->d + query->dv) * sizeof(float);
    return 1;
}

/// Adds entries that were just written at the end of a list to the segment of their part.
static void extend(ck_step_scores *list, const ck_step_segment *from, size_t listed) {
    ck_step_segment *last = list->segments + list->segmentCount - 1;
    // What a part lists stands in one place; another's may go on there.
    if (list->segmentCount == 0 || last->keys != from->keys || last->values != from->values) {
        last = list->segments + list->segmentCount++;
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
    const float scale = (float)(1 / sqrt((double)query->d));
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
    sum->work.bytesRead += listed * query->dv * sizeof(float);
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
    const ck_guard band = ck_guard_band(query->norm, query->keyNorm, query->threshold, d);
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
    sum->work.bytesRead += rows * d * sizeof(float);
    return 1;
}

int ck_step_add_codes(const void *part, const ck_step_query *query, ck_step_sum *sum) {
    const ck_step_codes *all = part;
    const ck_coded *coded = &all->coded;
    const size_t d = query->d, dv = query->dv;
    const ck_step_segment from = {.keys = all->keys, .key_stride = d, .values = all->values, .stride = dv};
    float sums[CK_STEP_MOST_VALUES];
    // Where scores alone are wanted values are not fetched.
    const float *fetched = sum->scores ? NULL : all->values;
    if (!(query->norm < CK_CODED_MOST_NORM)) return 0;
    const ck_guard band = ck_guard_band(query->norm, query->keyNorm, query->threshold, d);
    for (size_t t = 0; t < dv; t++) sums[t] = 0;
    // Centres, and rows in float32, are summed in float32 too: the bound gives way by what both may lose.
    ck_coded_prepare(coded, query->vector, query->norm, band.threshold - 4 * band.slack, all->query);
    size_t pruned = 0, candidates = 0;
    for (size_t first = 0; first < all->groups; first += CK_STEP_GROUPS) {
        const size_t last = all->groups - first < CK_STEP_GROUPS ? all->groups : first + CK_STEP_GROUPS;
        size_t listed = ck_scan_codes(coded, all->query, query->vector, first, last, all->list.ids, &pruned), tested = 0;
        if (listed == 0) continue;
        candidates += listed;
        listed = ck_filter_rows(
            all->keys, d, d, query->vector, band.lower, all->list.ids, all->list.dots, listed, fetched, dv, dv);
        listed = ck_resolve(
            all->keys, d, d, query->vector, query->threshold, band.upper, all->list.ids, all->list.dots, listed,
            &tested);
        ck_step_add_listed(query, &from, &all->list, listed, sums, sum);
    }
    for (size_t t = 0; t < dv; t++) sum->values[t] += sums[t];
    sum->work.visited += all->groups;
    sum->work.pruned += pruned;
    sum->work.candidates += candidates;
    sum->work.bytesRead +=
        (all->groups - pruned) * (CK_GROUP / CK_BLOCK) * coded->block_bytes + candidates * d * sizeof(float);
    return 1;
}

int ck_step_add_boxes(const void *part, const ck_step_query *query, ck_step_sum *sum) {
    const ck_step_boxes *all = part;
    const ck_boxes *boxes = &all->boxes;
    const ck_step_list *list = &all->list;
    const ck_step_segment from = {
        .keys = boxes->keys, .key_stride = boxes->stride, .values = all->values, .stride = boxes->stride};
    float sums[CK_STEP_MOST_VALUES];
    if (!(query->norm < CK_BOXES_MOST_NORM)) return 0;
    const ck_guard band = ck_guard_band(query->norm, query->keyNorm, query->threshold, query->d);
    for (size_t t = 0; t < query->dv; t++) sums[t] = 0;
    ck_boxes_prepare(boxes, query->vector, query->norm, band.threshold, all->query);
    size_t whole = 0, candidates = 0;
    const size_t nodes = ck_boxes_nodes(boxes, all->query, all->nodes, all->node_dots);
    const size_t leaves =
        ck_boxes_leaves(boxes, all->query, all->nodes, all->node_dots, nodes, all->leaves, all->leasts, &whole);
    for (size_t first = 0; first < leaves; first += CK_STEP_LEAVES) {
        const size_t count = leaves - first < CK_STEP_LEAVES ? leaves - first : CK_STEP_LEAVES;
        size_t tested = 0;
        size_t listed = ck_boxes_keys(boxes, all->query, all->leaves + first, all->leasts + first, count, list->ids);
        candidates += listed;
        listed = ck_filter_records(
            boxes->keys, boxes->stride, query->d, all->record_bytes, query->vector, band.lower, list->ids, list->dots,
            listed);
        listed = ck_resolve(
            boxes->keys, boxes->stride, query->d, query->vector, query->threshold, band.upper, list->ids, list->dots,
            listed, &tested);
        ck_step_add_listed(query, &from, list, listed, sums, sum);
    }
    for (size_t t = 0; t < query->dv; t++) sum->values[t] += sums[t];
    sum->work.visited += boxes->nodes + nodes * CK_LEAVES;
    sum->work.pruned += boxes->nodes - nodes + nodes * CK_LEAVES - leaves;
    sum->work.whole += whole;
    sum->work.candidates += candidates;
    sum->work.bytesRead += boxes->nodes * (2 * query->d + 1) * sizeof(float) + nodes * boxes->box_bytes +
                           leaves * boxes->leaf_bytes + candidates * boxes->stride * sizeof(float);
    return 1;
}

int ck_step_add_tree(const void *part, const ck_step_query *query, ck_step_sum *sum) {
    const ck_step_tree *all = part;
    const ck_tree *tree = all->tree;
    if (sum->scores) {
        ck_step_scores *list = sum->scores;
        const ck_step_segment from = {.keys = tree->storeKeys, .key_stride = query->d};
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
    if (order > 0 && sum->work.whole > whole) sum->usedMoments = 1;
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
    double squares = 0;
    for (size_t t = 0; t < query->d; t++) squares += (double)query->vector[t] * (double)query->vector[t];
    if (!(squares > 0)) return ck_step_add_tree(&net->all, query, sum);
    const ck_net_cell *cell = net->cells + ck_net_cell_of(net->d, net->parts, net->borders, query->vector);
    // The same comparison as the listing path makes, so that both ask the same tree.
    if (!(query->threshold * sqrt((double)query->d) / sqrt(squares) >= cell->least))
        return ck_step_add_tree(&net->all, query, sum);
    const ck_step_tree own = {.tree = cell->tree, .room = net->all.room};
    return ck_step_add_tree(&own, query, sum);
}
