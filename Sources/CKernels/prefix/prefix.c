#include "ckernels.h"

#include <math.h>

/// Components of q along the axes and, last, the norm of what they leave; returns <q, mean>.
static double shortened(const ck_step_prefix *all, const ck_step_query *query, float *out) {
    const size_t d = query->d, prefix = all->boxed.boxes.d - 1;
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
    out[prefix] = ck_rounded_up(rest + CK_PREFIX_ROUNDING * query->norm);
    return mean;
}

int ck_step_add_prefix(const void *part, const ck_step_query *query, ck_step_sum *sum) {
    const ck_step_prefix *all = part;
    const ck_boxes *boxes = &all->boxed.boxes;
    const size_t d = query->d;
    const ck_step_segment from = {.keys = all->keys, .key_stride = d, .values = all->values, .stride = query->dv};
    float components[CK_BOXES_MOST];
    if (!(query->norm < CK_BOXES_MOST_NORM)) return 0;
    const ck_guard band = ck_guard_band(query->norm, query->key_norm, query->threshold, d);
    const double mean = shortened(all, query, components);
    double norm = 0;
    for (size_t t = 0; t < boxes->d; t++) norm += (double)components[t] * (double)components[t];
    // Components are rounded to float32, as are sums over rows.
    const double slack = 4 * band.slack + CK_PREFIX_ROUNDING * query->norm * (query->key_norm + all->mean_norm);
    ck_boxes_prepare(
        boxes, components, sqrt(norm) * (1 + 0x1p-40), band.threshold - mean - slack, all->boxed.query);
    // A leaf wholly inside is inside by its bound, not by its keys' dot products: its keys are tested as all are.
    const size_t whole = sum->work.whole;
    ck_step_add_boxed(&all->boxed, &all->rename, &from, query, &band, sum);
    sum->work.whole = whole;
    return 1;
}
