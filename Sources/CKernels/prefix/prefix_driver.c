#include "prefix/prefix_driver.h"

#include <math.h>

#include "ckernels.h"

/// Components of q along the axes and, last, the norm of what they leave; returns <q, mean>.
static double shortened(const ck_prefix_index *all, const ck_half_space *half, float *out) {
    const size_t d = half->d, prefix = all->boxed.boxes.d - 1;
    double square = 0, kept = 0, mean = 0;
    for (size_t t = 0; t < d; t++) {
        const double x = (double)half->vector[t];
        square += x * x;
        mean += x * all->mean[t];
    }
    for (size_t axis = 0; axis < prefix; axis++) {
        const double *row = all->axes + axis * d;
        double sums[4] = {0, 0, 0, 0};
        size_t t = 0;
        for (; t + 4 <= d; t += 4)
            for (size_t l = 0; l < 4; l++) sums[l] += row[t + l] * (double)half->vector[t + l];
        for (; t < d; t++) sums[0] += row[t] * (double)half->vector[t];
        const double sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
        out[axis] = (float)sum;
        kept += sum * sum;
    }
    const double rest = square > kept ? sqrt(square - kept) : 0;
    out[prefix] = ck_rounded_up(rest + CK_PREFIX_ROUNDING * half->norm);
    return mean;
}

int ck_find_prefix(const void *index, const ck_half_space *half, ck_sink *sink) {
    const ck_prefix_index *all = index;
    const ck_boxes *boxes = &all->boxed.boxes;
    const size_t d = half->d;
    const ck_segment from = {.keys = all->keys, .values = all->values};
    float components[CK_BOXES_MOST];
    if (!(half->norm < CK_BOXES_MOST_NORM)) return 0;
    const ck_guard band = ck_guard_band(half->norm, half->key_norm, half->threshold, d);
    const double mean = shortened(all, half, components);
    double norm = 0;
    for (size_t t = 0; t < boxes->d; t++) norm += (double)components[t] * (double)components[t];
    // Components are rounded to float32, as are sums over rows.
    const double slack = 4 * band.slack + CK_PREFIX_ROUNDING * half->norm * (half->key_norm + all->mean_norm);
    ck_boxes_prepare(
        boxes, components, sqrt(norm) * (1 + 0x1p-40), band.threshold - mean - slack, all->boxed.query);
    // A leaf wholly inside is inside by its bound, not by its keys' dot products: its keys are tested as all are.
    const size_t whole = sink->work.whole;
    ck_find_boxed(&all->boxed, &all->renaming, &from, half, &band, sink);
    sink->work.whole = whole;
    return 1;
}
