#include "step/step_ranked.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bounds/precision.h"
#include "ckernels.h"
#include "machine/placement.h"
#include "step/step_call.h"

/// Every key scored, every value read.
static int dense_entmax(
    const ck_step *step, const ck_half_space *half, double alpha, float *output, ck_step_result *result) {
    const ck_row_range *all = step->dense;
    const size_t d = step->d, dv = step->dv, rows = all->last;
    double values[dv] CK_ALIGNED;
    *result = (ck_step_result){
        .weight = rows > 0, .dense = 1, .largest = -INFINITY,
        .work = {.candidates = rows, .bytes_read = rows * (d + dv) * ck_entry_bytes(all->rows.keys.format)}};
    for (size_t t = 0; t < dv; t++) values[t] = output[t] = 0;
    if (rows == 0) return 1;
    float *dots = step->scores, *near = step->near;
    ck_dots(&all->rows, 0, rows, half->scaled, dots);
    const float top = ck_largest(dots, rows), scale = (float)(alpha - 1), exponent = (float)(1 / (alpha - 1));
    size_t count = ck_list(dots, rows, top - exponent * 1.0001f, NULL, near);
    const float cut = ck_entmax_cut(near, &count, top, -FLT_MAX, scale, exponent);
    const double size = fmax(fabs((double)top), fabs((double)cut));
    if (!ck_shares_hold(d, half->norm * half->key_norm, size, (double)count, 1 / (alpha - 1))) return 0;
    result->largest = top;
    result->threshold = cut;
    const double weight = ck_entmax_weights(dots, rows, top, scale, (cut - top) * scale, exponent);
    // Blocks of values are read whole: what lies past the last row weighs nothing.
    for (size_t i = rows; i < rows + 16; i++) dots[i] = 0;
    ck_dense_values(&all->rows, rows, dots, values);
    if (!(weight > 0)) return 0;
    double check = 0;
    for (size_t t = 0; t < dv; t++) {
        output[t] = (float)(values[t] / weight);
        check += fabsf(output[t]);
    }
    return check < (double)INFINITY;
}

/// Lists the scores of a half-space, by a scan of all rows where the step is dense; 0 where a part refuses.
static int list_scores(const ck_step *step, const ck_half_space *half, ck_listing *list, ck_sink *sink) {
    list->scores = step->scores;
    list->ids = step->ids;
    list->count = list->segment_count = 0;
    sink->wanted = CK_WANT_LIST;
    sink->list = list;
    if (!(step->dense ? ck_find_scan(step->dense, half, sink) : ck_step_find(step, half, sink))) return 0;
    sink->wanted = CK_WANT_SUM;
    sink->count = 0;
    return 1;
}

/// Scores are float32: nearer to `score` than this the definition decides.
static double doubt_about(const ck_half_space *half, double score) {
    const ck_guard band = ck_guard_band(half->norm, half->key_norm, score, half->d);
    return 4 * band.slack / ck_root(half->d) + fabs(score) * 0x1p-22;
}

/// Keeps, in order, what scores more than `high` and what is a member by the definition.
static size_t keep_defined(
    const ck_half_space *half, const ck_segment *from, uint32_t *ids, float *scores, size_t count, float high) {
    const double root = ck_root(half->d);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        const uint32_t id = ids[i];
        const float score = scores[i];
        if (!(score > high) &&
            !(ck_exact_row(from->keys, id, half->vector, half->d) / root >= half->threshold))
            continue;
        ids[kept] = id;
        scores[kept++] = score;
    }
    return kept;
}

/// Adds `sum w v` of listed rows with every value read in order, as dense attention reads them: where many are listed and values
/// are short, that is quicker than to fetch them one by one. The list of scores is used up.
static void sum_in_order(const ck_step *step, const uint32_t *ids, const float *weights, size_t count, double *values) {
    const ck_row_range *all = step->dense;
    float *row_weights = step->scores;
    memset(row_weights, 0, (all->last + 16) * sizeof *row_weights);
    for (size_t k = 0; k < count; k++) row_weights[ids[k]] = weights[k];
    ck_dense_values(&all->rows, all->last, row_weights, values);
}

/// Sums over the members of the half-space among those listed: what scores `low` or more, and where it is no more than `high`
/// only what the definition takes. Parts that list no values are asked for their sum.
static int sum_members(
    const ck_step *step, const ck_half_space *half, ck_listing *list, float low, float high, ck_sink *sink) {
    const size_t dv = half->dv;
    float sums[dv] CK_ALIGNED;
    for (size_t t = 0; t < dv; t++) sums[t] = 0;
    for (size_t i = 0; i < list->segment_count; i++) {
        const ck_segment *s = list->segments + i;
        if (!s->values.base) continue;
        uint32_t *ids = list->ids + s->first;
        float *scores = list->scores + s->first;
        size_t kept = ck_keep(ids, scores, s->count, low);
        if (high > low) kept = keep_defined(half, s, ids, scores, kept, high);
        sink->weight += sink->exponent > 0
                            ? ck_power_weights(scores, kept, 1, (float)sink->shift, sink->exponent, step->near)
                            : ck_exponential_weights(scores, kept, 1, (float)sink->shift, step->near);
        if (step->dense) sum_in_order(step, ids, step->near, kept, sink->values);
        else ck_sum_values(s->values, dv, ids, step->near, kept, sums);
        sink->count += kept;
        sink->work.bytes_read += (step->dense ? step->dense->last : kept) * dv * ck_entry_bytes(s->values.format);
    }
    if (step->dense) return 1;
    for (size_t t = 0; t < dv; t++) sink->values[t] += sums[t];
    for (size_t i = 0; i < step->count; i++) {
        const ck_part *part = step->parts + i;
        if (!part->lists_values && !part->find(part->index, half, sink)) return 0;
    }
    return 1;
}

int ck_step_entmax(const ck_step *step, const float *q, double alpha, double low, float *output, ck_step_result *result) {
    float vector[CK_PADDED(step->d)] CK_ALIGNED, scaled[CK_PADDED(step->d)] CK_ALIGNED;
    ck_half_space half;
    const double reach = 1 / (alpha - 1);
    if (!ck_step_prepare(step, q, low, vector, scaled, &half)) return 0;
    if (!(alpha <= 2) || !(reach <= CK_MOST_EXPONENT)) return 0;
    if (step->dense) return dense_entmax(step, &half, alpha, output, result);

    const double natural = round(reach);
    if (!(natural <= 8) || fabs(natural - reach) > 1e-9 || !(fabs(low) < 0x1p60)) return 0;
    double values[half.dv] CK_ALIGNED;
    for (size_t t = 0; t < half.dv; t++) values[t] = 0;
    ck_listing list;
    ck_sink sink = {.values = values, .largest = -INFINITY};
    if (!list_scores(step, &half, &list, &sink) || list.count == 0) return 0;
    memcpy(step->near, list.scores, list.count * sizeof *list.scores);
    size_t count = list.count;
    const float top = ck_largest(list.scores, list.count);
    const float cut = ck_entmax_cut(step->near, &count, top, (float)low, (float)(alpha - 1), (float)natural);
    // More keys only raise tau: above `low` by more than rounding, those below it weigh nothing. About the cut the definition
    // decides, so that the count is that of a half-space.
    const double doubt = doubt_about(&half, cut);
    if (!(cut - 2 * doubt > low)) return 0;

    half.threshold = cut;
    sink.shift = cut;
    sink.exponent = (int32_t)natural;
    if (!sum_members(step, &half, &list, (float)(cut - 1.001 * doubt), (float)(cut + 1.001 * doubt), &sink)) return 0;
    result->dense = 0;
    result->shift = 0;
    const int done = ck_step_finish(&half, &sink, output, result);
    result->largest = top;
    result->weight = 1;
    return done;
}

/// Descending.
static int compare(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

int ck_step_largest(const ck_step *step, const float *q, size_t r, double low, float *output, ck_step_result *result) {
    enum { MOST_DOUBTFUL = 256 };
    float vector[CK_PADDED(step->d)] CK_ALIGNED, scaled[CK_PADDED(step->d)] CK_ALIGNED;
    double values[step->dv] CK_ALIGNED, exact[MOST_DOUBTFUL];
    const double root = ck_root(step->d);
    ck_half_space half;
    if (!ck_step_prepare(step, q, low, vector, scaled, &half) || r == 0 || !(fabs(low) < 0x1p60)) return 0;
    for (size_t t = 0; t < half.dv; t++) values[t] = 0;
    ck_listing list;
    ck_sink sink = {.values = values, .largest = -INFINITY};
    if (!list_scores(step, &half, &list, &sink) || list.count < r) return 0;

    // Scores are float32: those about the r-th largest are ordered by the definition.
    const double middle = ck_rank(list.scores, list.count, r, step->near);
    const double doubt = doubt_about(&half, middle);
    const float least = (float)(middle - 1.001 * doubt), most = (float)(middle + 1.001 * doubt);
    if (!(middle - 2 * doubt > low)) return 0;
    size_t above = 0, doubtful = 0;
    for (size_t i = 0; i < list.segment_count; i++) {
        const ck_segment *s = list.segments + i;
        size_t over = 0;
        uint32_t *places = (uint32_t *)step->near;
        const size_t found = ck_band(list.scores + s->first, s->count, least, most, places, &over);
        above += over;
        if (doubtful + found > MOST_DOUBTFUL) return 0;
        for (size_t k = 0; k < found; k++) {
            const uint32_t id = list.ids[s->first + places[k]];
            exact[doubtful++] = ck_exact_row(s->keys, id, vector, half.d) / root;
        }
    }
    if (r <= above || r > above + doubtful) return 0;
    qsort(exact, doubtful, sizeof *exact, compare);
    half.threshold = exact[r - above - 1];
    sink.shift = ck_largest(list.scores, list.count);
    if (!ck_exponentials_hold(half.d, half.norm * half.key_norm, sink.shift)) return 0;
    if (!sum_members(step, &half, &list, least, most, &sink)) return 0;
    result->dense = 0;
    result->shift = sink.shift;
    const int done = ck_step_finish(&half, &sink, output, result);
    result->largest = (float)sink.shift;
    return done;
}
