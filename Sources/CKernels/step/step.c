#include "ckernels.h"
#include "machine/placement.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

SMALL_BEGIN

/// x^exponent of a small natural number.
static double power(double x, int exponent) {
    double p = 1;
    while (exponent-- > 0) p *= x;
    return p;
}

/// Whether so much weight may be rounding alone: every key close to b.
static int may_be_noise(const ck_step_query *query, const ck_step_sum *sum) {
    if (query->exponent == 0) return 0;
    const double slack = ck_score_error(query->d, query->norm * query->key_norm, query->threshold);
    return !(sum->weight > (double)sum->count * power(4 * slack, query->exponent));
}

/// Copies q and q / sqrt(d), padded with zeros to a multiple of 16; returns the norm of q, rounded up.
static double prepare(const float *q, size_t d, float *vector, float *scaled) {
    const size_t padded = (d + 15) & ~(size_t)15;
    const float scale = (float)(1 / ck_root(d));
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
    result->used_moments = sum->used_moments;
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

static int relu(const ck_step *step, const float *q, double b, int alpha, float *output, ck_step_result *result) {
    float scaled[CK_STEP_MOST_KEYS + 16];
    float *vector = result->vector;
    double values[CK_STEP_MOST_VALUES];
    const size_t d = step->d, dv = step->dv;
    const double norm = prepare(q, d, vector, scaled);
    for (size_t t = 0; t < dv; t++) values[t] = 0;
    ck_step_query query = {
        .vector = vector, .scaled = scaled, .d = d, .dv = dv, .threshold = b, .exponent = alpha, .norm = norm,
        .key_norm = step->key_norm};
    if (!(query.norm * query.key_norm < 0x1p100) || !(fabs(b) < 0x1p60)) return 0;

    ck_step_sum sum = {.values = values, .counted = 1, .largest = -INFINITY};
    for (size_t i = 0; i < step->count; i++)
        if (!step->parts[i].add(step->parts[i].part, &query, &sum)) return 0;

    return finish(&query, &sum, output, result);
}

int ck_step_relu(const ck_step *step, const float *q, double b, int alpha, float *output, ck_step_result *result) {
    result->asked = CK_STEP_RELU;
    result->alpha = alpha;
    result->threshold = b;
    return result->answered = relu(step, q, b, alpha, output, result);
}

SMALL_END

/// Every key scored, every value read; `scaled` is q / sqrt(d).
static int dense_entmax(const ck_step *step, const float *scaled, double alpha, float *output, ck_step_result *result) {
    double values[CK_STEP_MOST_VALUES];
    const ck_step_rows *all = step->dense;
    const size_t d = step->d, dv = step->dv, rows = all->last;
    result->weight = rows > 0;
    result->work = (ck_tree_work){.candidates = rows, .bytes_read = rows * (d + dv) * sizeof(float)};
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
    const double root = ck_root(query->d);
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
    for (size_t i = 0; i < list->segment_count; i++) {
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
        sum->work.bytes_read += kept * step->dv * sizeof(float);
    }
    for (size_t t = 0; t < step->dv; t++) sum->values[t] += sums[t];
    // Trees read values in their own order, or moments.
    for (size_t i = 0; trees && i < step->count; i++) {
        const ck_step_add add = step->parts[i].add;
        if ((add == ck_step_add_tree || add == ck_step_add_net) && !add(step->parts[i].part, query, sum)) return 0;
    }
    return 1;
}

static int entmax(const ck_step *step, const float *q, double alpha, double low, float *output, ck_step_result *result) {
    float scaled[CK_STEP_MOST_KEYS + 16];
    const double norm = prepare(q, step->d, result->vector, scaled), reach = 1 / (alpha - 1);
    const double slack = ck_score_slack(step->d, norm * step->key_norm);
    if (!(alpha <= 2) || !(slack < 1e-3 * reach)) return 0;
    result->counted = result->used_moments = 0;
    if (step->dense) return dense_entmax(step, scaled, alpha, output, result);

    const double natural = round(reach);
    if (!(natural <= 8) || fabs(natural - reach) > 1e-9 || !(fabs(low) < 0x1p60)) return 0;
    ck_step_query query = {
        .vector = result->vector, .scaled = scaled, .d = step->d, .dv = step->dv, .threshold = low, .exponent = 1,
        .norm = norm, .key_norm = step->key_norm};
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

static int largest(const ck_step *step, const float *q, size_t r, double low, float *output, ck_step_result *result) {
    enum { MOST_DOUBTFUL = 256 };
    float scaled[CK_STEP_MOST_KEYS + 16];
    double values[CK_STEP_MOST_VALUES], exact[MOST_DOUBTFUL];
    const double root = ck_root(step->d);
    ck_step_query query = {
        .vector = result->vector, .scaled = scaled, .d = step->d, .dv = step->dv, .threshold = low, .exponent = 1,
        .norm = prepare(q, step->d, result->vector, scaled), .key_norm = step->key_norm};
    if (step->dense || r == 0 || !(query.norm * query.key_norm < 0x1p100) || !(fabs(low) < 0x1p60)) return 0;
    for (size_t t = 0; t < step->dv; t++) values[t] = 0;
    ck_step_scores list = {0};
    ck_step_sum sum = {.values = values, .counted = 1, .largest = -INFINITY};
    if (!list_scores(step, &query, &list, &sum) || list.count < r) return 0;

    // Scores are float32: those about the r-th largest are ordered by the definition.
    const double middle = ck_rank(list.scores, list.count, r, step->near);
    const double doubt =
        4 * ck_guard_band(query.norm, query.key_norm, middle, step->d).slack / root + fabs(middle) * 0x1p-22;
    const float least = (float)(middle - 1.001 * doubt), most = (float)(middle + 1.001 * doubt);
    if (!(middle - 2 * doubt > low)) return 0;
    size_t above = 0, doubtful = 0;
    for (size_t i = 0; i < list.segment_count; i++) {
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

int ck_step_entmax(const ck_step *step, const float *q, double alpha, double low, float *output, ck_step_result *result) {
    result->asked = CK_STEP_ENTMAX;
    result->alpha = alpha;
    return result->answered = entmax(step, q, alpha, low, output, result);
}

int ck_step_largest(const ck_step *step, const float *q, size_t r, double low, float *output, ck_step_result *result) {
    result->asked = CK_STEP_LARGEST;
    return result->answered = largest(step, q, r, low, output, result);
}
