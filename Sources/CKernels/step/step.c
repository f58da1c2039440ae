#include "step/step.h"

#include <math.h>

#include "bounds/precision.h"
#include "ckernels.h"
#include "machine/placement.h"
#include "step/step_call.h"

SMALL_BEGIN

int ck_step_prepare(
    const ck_step *step, const float *q, double b, float *vector, float *scaled, ck_half_space *half) {
    const size_t d = step->d, padded = CK_PADDED(d);
    const float scale = (float)(1 / ck_root(d));
    double squares = 0;
    for (size_t t = 0; t < d; t++) {
        vector[t] = q[t];
        scaled[t] = q[t] * scale;
        squares += (double)q[t] * (double)q[t];
    }
    for (size_t t = d; t < padded; t++) vector[t] = scaled[t] = 0;
    half->vector = vector;
    half->scaled = scaled;
    half->d = d;
    half->dv = step->dv;
    half->threshold = b;
    half->norm = sqrt(squares) * (1 + 0x1p-40);
    half->key_norm = step->key_norm;
    half->looked = step->looked;
    return half->norm * half->key_norm < 0x1p100;
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

int ck_step_finish(const ck_half_space *half, const ck_sink *sink, float *output, ck_step_result *result) {
    result->threshold = half->threshold;
    result->count = sink->count;
    result->weight = sink->weight;
    result->used_moments = sink->used_moments;
    result->work = sink->work;
    if (!result->dense && sink->count == 0) {
        for (size_t t = 0; t < half->dv; t++) output[t] = 0;
        return 1;
    }
    if (!(sink->weight > 1e-30 && sink->weight < 1e30)) return 0;
    const double reach = half->norm * half->key_norm;
    if (sink->exponent > 0 &&
        !ck_powers_hold(half->d, reach, half->threshold, sink->weight, (double)sink->count, sink->exponent))
        return 0;
    return normalise(sink->values, half->dv, sink->weight, output);
}

/// Everything is read, as dense attention does.
static void add_dense(const ck_row_range *all, const ck_half_space *half, ck_sink *sink) {
    if (all->first >= all->last) return;
    const size_t rows = all->last - all->first;
    sink->weight += ck_dense_power(
        &all->rows, all->first, all->last, half->scaled, (float)half->threshold, sink->exponent, sink->values,
        &sink->count);
    sink->work.candidates += rows;
    sink->work.bytes_read += rows * (half->d + half->dv) * ck_entry_bytes(all->rows.keys.format);
}

int ck_step_relu(const ck_step *step, const float *q, double b, int alpha, float *output, ck_step_result *result) {
    __builtin_prefetch(step);
    __builtin_prefetch(q);
    FETCH_CODE(ck_step_relu, 512);
    FETCH_CODE(ck_step_prepare, 320);
    FETCH_CODE(ck_step_finish, 640);
    if (!step->dense && step->count > 0) FETCH_CODE(step->parts[0].find, 512);
    float vector[CK_PADDED(step->d)] CK_ALIGNED, scaled[CK_PADDED(step->d)] CK_ALIGNED;
    double values[step->dv] CK_ALIGNED;
    ck_half_space half;
    if (!ck_step_prepare(step, q, b, vector, scaled, &half) || !(fabs(b) < 0x1p60)) return 0;
    for (size_t t = 0; t < half.dv; t++) values[t] = 0;
    ck_sink sink = {
        .wanted = CK_WANT_SUM, .exponent = alpha, .shift = b, .values = values, .largest = -INFINITY};
    result->shift = 0;
    result->dense = step->dense != 0;
    if (step->dense) add_dense(step->dense, &half, &sink);
    else if (!ck_step_find(step, &half, &sink)) return 0;
    return ck_step_finish(&half, &sink, output, result);
}

SMALL_END

/// Scores from -reach to reach can occur: a threshold beyond them, infinite perhaps, becomes one right beside them.
static void clamp(ck_half_space *half) {
    const double reach = half->norm * half->key_norm / ck_root(half->d) * (1 + 1e-9) + 0x1p-1000;
    if (half->threshold < -reach) half->threshold = -reach;
    if (half->threshold > reach) half->threshold = reach * (1 + 1e-9);
}

void ck_step_look(const ck_step *step, const ck_asked *asked, size_t count) {
    const size_t padded = CK_PADDED(step->d);
    float vectors[count * padded] CK_ALIGNED, scaled[count * padded] CK_ALIGNED;
    ck_half_space halves[count];
    for (size_t k = 0; k < count; k++) {
        ck_half_space *half = halves + k;
        // No part looks for a query that its step will refuse.
        if (!ck_step_prepare(step, asked[k].query, asked[k].threshold, vectors + k * padded, scaled + k * padded, half))
            half->norm = INFINITY;
        clamp(half);
    }
    for (size_t i = 0; i < step->count; i++) {
        const ck_part *part = step->parts + i;
        if (part->look) part->look(part->index, halves, count < part->most_looks ? count : part->most_looks);
    }
}

/// What was found, for the threshold that was asked for.
static void note(const ck_sink *sink, double threshold, ck_step_result *result) {
    *result = (ck_step_result){
        .threshold = threshold, .count = sink->count, .weight = sink->weight, .shift = sink->exponent > 0 ? 0 : sink->shift,
        .used_moments = sink->used_moments, .largest = sink->largest, .work = sink->work};
}

/// Sums over the members of a half-space that is made ready, not yet clamped.
static int sum(
    const ck_step *step, const ck_half_space *half, int exponent, double shift, double *values, ck_step_result *result) {
    ck_half_space within = *half;
    ck_sink sink = {
        .wanted = CK_WANT_SUM, .exponent = exponent, .shift = shift, .values = values, .largest = -INFINITY};
    clamp(&within);
    if (!(fabs(shift) < 0x1p60) || !ck_step_find(step, &within, &sink)) return 0;
    note(&sink, half->threshold, result);
    return 1;
}

int ck_step_sum(
    const ck_step *step, const float *q, double b, int exponent, double shift, double *values, ck_step_result *result) {
    float vector[CK_PADDED(step->d)] CK_ALIGNED, scaled[CK_PADDED(step->d)] CK_ALIGNED;
    ck_half_space half;
    return ck_step_prepare(step, q, b, vector, scaled, &half) && sum(step, &half, exponent, shift, values, result);
}

int ck_step_softmax(const ck_step *step, const float *q, double b, double shift, float *output, ck_step_result *result) {
    float vector[CK_PADDED(step->d)] CK_ALIGNED, scaled[CK_PADDED(step->d)] CK_ALIGNED;
    double values[step->dv] CK_ALIGNED;
    ck_half_space half;
    if (!ck_step_prepare(step, q, b, vector, scaled, &half)) return 0;
    for (int attempt = 0; attempt < 2; attempt++) {
        for (size_t t = 0; t < step->dv; t++) values[t] = 0;
        if (!sum(step, &half, 0, shift, values, result)) return 0;
        if (result->count == 0) {
            result->weight = result->shift = 0;
            for (size_t t = 0; t < step->dv; t++) output[t] = 0;
            return 1;
        }
        if (!ck_exponentials_hold(half.d, half.norm * half.key_norm, (double)result->largest)) return 0;
        if (result->weight > 1e-25 && result->weight < 1e25)
            return normalise(values, step->dv, result->weight, output);
        shift = (double)result->largest;
    }
    return 0;
}

int ck_step_softmax_all(const ck_step *step, const float *q, float *output, ck_step_result *result) {
    float vector[CK_PADDED(step->d)] CK_ALIGNED, scaled[CK_PADDED(step->d)] CK_ALIGNED;
    double values[step->dv] CK_ALIGNED;
    const ck_row_range *all = step->dense;
    ck_half_space half;
    if (!ck_step_prepare(step, q, -INFINITY, vector, scaled, &half)) return 0;
    result->dense = 1;
    result->largest = -INFINITY;
    result->weight = result->shift = 0;
    for (size_t t = 0; t < half.dv; t++) values[t] = 0;
    if (all->first >= all->last) {
        for (size_t t = 0; t < half.dv; t++) output[t] = 0;
        return 1;
    }
    ck_dense_exponential(&all->rows, all->first, all->last, half.scaled, &result->largest, &result->weight, values);
    result->shift = (double)result->largest;
    return ck_exponentials_hold(half.d, half.norm * half.key_norm, result->shift) &&
           normalise(values, half.dv, result->weight, output);
}

/// Lists or counts the members.
static int find(const ck_step *step, const float *q, double b, ck_sink *sink, ck_step_result *result) {
    float vector[CK_PADDED(step->d)] CK_ALIGNED, scaled[CK_PADDED(step->d)] CK_ALIGNED;
    ck_half_space half;
    if (!ck_step_prepare(step, q, b, vector, scaled, &half)) return 0;
    clamp(&half);
    if (!ck_step_find(step, &half, sink)) return 0;
    note(sink, b, result);
    return 1;
}

int ck_step_list(const ck_step *step, const float *q, double b, ck_trace *trace, ck_step_result *result) {
    ck_listing list;
    list.scores = step->scores;
    list.ids = step->ids;
    list.count = list.segment_count = 0;
    ck_sink sink = {.wanted = CK_WANT_LIST, .list = &list, .trace = trace};
    if (!find(step, q, b, &sink, result)) return 0;
    for (size_t i = 0; i < list.segment_count; i++) {
        const ck_segment *from = list.segments + i;
        uint32_t *ids = list.ids + from->first;
        for (size_t k = 0; k < from->count; k++) ids[k] = from->rows ? from->rows[ids[k]] : ids[k] + from->first_row;
    }
    return list.count == sink.count;
}

int ck_step_count(const ck_step *step, const float *q, double b, ck_step_result *result) {
    ck_sink sink = {.wanted = CK_WANT_COUNT};
    return find(step, q, b, &sink, result);
}
