#include "ckernels.h"

#include <math.h>

/// The smallest float that is not below x.
static float rounded_up(double x) {
    float f = (float)x;
    return (double)f < x ? nextafterf(f, INFINITY) : f;
}

/// Components of q along the axes and, last, the norm of what they leave; returns <q, mean>.
static double shortened(const ck_step_prefix *all, const ck_step_query *query, float *out) {
    const size_t d = query->d, prefix = all->boxes.d - 1;
    double square = 0, kept = 0, mean = 0;
    for (size_t t = 0; t < d; t++) {
        const double x = (double)query->vector[t];
        square += x * x;
        mean += x * all->mean[t];
    }
    for (size_t axis = 0; axis < prefix; axis++) {
        const double *row = all->axes + axis * d;
        double sums[4] = {0, 0, 0, 0};
        size_t t = 0;
        for (; t + 4 <= d; t += 4)
            for (size_t l = 0; l < 4; l++) sums[l] += row[t + l] * (double)query->vector[t + l];
        for (; t < d; t++) sums[0] += row[t] * (double)query->vector[t];
        const double sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
        out[axis] = (float)sum;
        kept += sum * sum;
    }
    const double rest = square > kept ? sqrt(square - kept) : 0;
    out[prefix] = rounded_up(rest + CK_PREFIX_ROUNDING * query->norm);
    return mean;
}

int ck_step_add_prefix(const void *part, const ck_step_query *query, ck_step_sum *sum) {
    const ck_step_prefix *all = part;
    const ck_boxes *boxes = &all->boxes;
    const ck_step_list *list = &all->list;
    const size_t d = query->d, dv = query->dv;
    const ck_step_segment from = {.keys = all->keys, .key_stride = d, .values = all->values, .stride = dv};
    float sums[CK_STEP_MOST_VALUES], components[CK_BOXES_MOST];
    if (!(query->norm < CK_BOXES_MOST_NORM)) return 0;
    const ck_guard band = ck_guard_band(query->norm, query->keyNorm, query->threshold, d);
    for (size_t t = 0; t < dv; t++) sums[t] = 0;
    const double mean = shortened(all, query, components);
    double norm = 0;
    for (size_t t = 0; t < boxes->d; t++) norm += (double)components[t] * (double)components[t];
    // Components are rounded to float32, as are sums over rows.
    const double slack = 4 * band.slack + CK_PREFIX_ROUNDING * query->norm * (query->keyNorm + all->mean_norm);
    ck_boxes_prepare(boxes, components, sqrt(norm) * (1 + 0x1p-40), band.threshold - mean - slack, all->query);
    // A leaf wholly inside is inside by its bound, not by its keys' dot products: its keys are tested as all are.
    size_t whole = 0, candidates = 0;
    const size_t leaves = ck_step_descend(
        boxes, all->query, all->nodes, all->node_dots, all->leaves, all->leasts, &whole, &sum->work);
    for (size_t first = 0; first < leaves; first += CK_STEP_LEAVES) {
        const size_t count = leaves - first < CK_STEP_LEAVES ? leaves - first : CK_STEP_LEAVES;
        size_t tested = 0;
        size_t listed = ck_boxes_keys(boxes, all->query, all->leaves + first, all->leasts + first, count, list->ids);
        candidates += listed;
        for (size_t i = 0; i < listed; i++) list->ids[i] = all->positions[list->ids[i]] + all->first_row;
        listed = ck_filter_rows(all->keys, d, d, query->vector, band.lower, list->ids, list->dots, listed);
        listed = ck_resolve(
            all->keys, d, d, query->vector, query->threshold, band.upper, list->ids, list->dots, listed, &tested);
        ck_step_add_listed(query, &from, list, listed, sums, sum);
    }
    for (size_t t = 0; t < dv; t++) sum->values[t] += sums[t];
    sum->work.candidates += candidates;
    sum->work.bytesRead += leaves * boxes->leaf_bytes + candidates * d * sizeof(float);
    return 1;
}
