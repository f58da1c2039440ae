#include "ckernels.h"

#include <math.h>
#include <string.h>

/// b a little lower and higher, as GuardBand has it: between them the definition decides.
static float rounded_down(double x) {
    float f = (float)x;
    return (double)f > x ? nextafterf(f, -INFINITY) : f;
}

static float rounded_up(double x) {
    float f = (float)x;
    return (double)f < x ? nextafterf(f, INFINITY) : f;
}

/// x^exponent of a small natural number.
static double power(double x, int exponent) {
    double p = 1;
    while (exponent-- > 0) p *= x;
    return p;
}

/// Whether so much weight may be rounding alone: every key close to b.
static int may_be_noise(const ck_step_query *query, const ck_step_sum *sum) {
    double slack = (double)(query->d + 8) * 0x1p-22 * query->norm * query->keyNorm / sqrt((double)query->d) +
                   fabs(query->threshold) * 0x1p-22;
    return !(sum->weight > (double)sum->count * power(4 * slack, query->exponent));
}

int ck_step_relu(const ck_step *step, const float *q, double b, int alpha, float *output, ck_step_result *result) {
    float scaled[CK_STEP_MOST_KEYS + 16];
    float *vector = result->vector;
    double values[CK_STEP_MOST_VALUES];
    const size_t d = step->d, dv = step->dv, padded = (d + 15) & ~(size_t)15;
    const float scale = (float)(1 / sqrt((double)d));
    double squares = 0;
    for (size_t t = 0; t < d; t++) {
        vector[t] = q[t];
        scaled[t] = q[t] * scale;
        squares += (double)q[t] * (double)q[t];
    }
    for (size_t t = d; t < padded; t++) vector[t] = scaled[t] = 0;
    for (size_t t = 0; t < dv; t++) values[t] = 0;
    ck_step_query query = {
        .vector = vector, .scaled = scaled, .d = d, .dv = dv, .threshold = b, .exponent = alpha,
        .norm = sqrt(squares) * (1 + 0x1p-40), .keyNorm = step->keyNorm};
    if (!(query.norm * query.keyNorm < 0x1p100) || !(fabs(b) < 0x1p60)) return 0;

    ck_step_sum sum = {.values = values, .counted = 1, .largest = -INFINITY};
    for (size_t i = 0; i < step->count; i++)
        if (!step->parts[i].add(step->parts[i].part, &query, &sum)) return 0;

    result->weight = sum.weight;
    result->count = sum.count;
    result->counted = sum.counted;
    result->usedMoments = sum.usedMoments;
    result->work = sum.work;
    if (sum.counted && sum.count == 0) {
        for (size_t t = 0; t < dv; t++) output[t] = 0;
        return 1;
    }
    // Without a count, what weighs little beside b may be rounding.
    const double least = sum.counted ? 1e-30 : 1e-4 * (fabs(b) > 1 ? fabs(b) : 1), most = sum.counted ? 1e30 : 1e12;
    if (!(sum.weight > least && sum.weight < most)) return 0;
    if (sum.counted && may_be_noise(&query, &sum)) return 0;
    const double share = 1 / sum.weight;
    double check = 0;
    for (size_t t = 0; t < dv; t++) {
        output[t] = (float)(values[t] * share);
        check += fabsf(output[t]);
    }
    return check < (double)INFINITY;
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

int ck_step_add_scan(const void *part, const ck_step_query *query, ck_step_sum *sum) {
    const ck_step_rows *all = part;
    enum { CHUNK = 1024 };
    uint32_t ids[CHUNK + 16];
    float dots[CHUNK + 16], weights[CHUNK + 16], values[CK_STEP_MOST_VALUES];
    const size_t d = query->d, dv = query->dv;
    const double reach = query->norm * query->keyNorm, root = sqrt((double)d), middle = query->threshold * root;
    const double slack = (double)(d + 4) * (0x1p-23 * reach + 0x1p-149);
    const float lower = rounded_down(middle - slack), upper = rounded_up(middle + slack);
    for (size_t t = 0; t < dv; t++) values[t] = 0;
    for (size_t first = all->first; first < all->last; first += CHUNK) {
        const size_t last = all->last - first < CHUNK ? all->last : first + CHUNK;
        size_t tested = 0;
        size_t listed = ck_scan(&all->rows, first, last, query->vector, lower, ids, dots);
        listed = ck_resolve(
            all->rows.keys, d, d, query->vector, query->threshold, upper, ids, dots, listed, &tested);
        if (listed == 0) continue;
        sum->weight += ck_power_weights(
            dots, listed, (float)(1 / root), (float)query->threshold, query->exponent, weights);
        ck_sum_values(all->rows.values, dv, dv, ids, weights, listed, values);
        const float largest = ck_largest(dots, listed) * (float)(1 / root);
        if (largest > sum->largest) sum->largest = largest;
        sum->count += listed;
        sum->work.bytesRead += listed * dv * sizeof(float);
    }
    for (size_t t = 0; t < dv; t++) sum->values[t] += values[t];
    sum->work.candidates += all->last - all->first;
    sum->work.bytesRead += (all->last - all->first) * d * sizeof(float);
    return 1;
}

int ck_step_add_tree(const void *part, const ck_step_query *query, ck_step_sum *sum) {
    const ck_step_tree *all = part;
    const ck_tree *tree = all->tree;
    const ck_tree_weight weight = {.exponent = query->exponent, .shift = query->threshold};
    const int order = query->exponent <= 3 && tree->moments[query->exponent - 1] ? query->exponent : 0;
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
