// A decode step, from query to output in one call: what is cold is then little code and few pages.
#ifndef CK_STEP_H
#define CK_STEP_H

#include <stddef.h>
#include <stdint.h>

#include "scan/scan_driver.h"
#include "sink/sink.h"

/// The parts that answer together.
typedef struct {
    size_t d, dv;
    /// An upper bound of the norms of the keys.
    double key_norm;
    size_t count;
    const ck_part *parts;
    /// All rows, from 0 on, where ReLU, entmax and softmax over the r largest read everything as dense attention does, else null;
    /// softmax over all keys needs them.
    const ck_row_range *dense;
    /// Room for a float for every key, and 64 a part and 64 more, twice; `ids` as well.
    float *scores, *near;
    uint32_t *ids;
    /// Which of those of ``ck_step_look`` the next query is, from 1 on; 0: none, it finds all by itself.
    size_t looked;
} ck_step;

/// What a step found, in the order in which it is touched.
typedef struct {
    /// The half-space that was summed over, and how many keys were counted in it. Of softmax over the r largest the threshold is
    /// the r-th largest score, by the definition; of entmax it is the score at which weights begin, in float32.
    double threshold;
    size_t count;
    /// The sum of the weights is weight * exp(shift).
    double weight, shift;
    /// Whether everything was read as dense attention does: then there is no half-space, and no count.
    int32_t dense;
    /// Whether whole nodes answered by their moments.
    int32_t used_moments;
    /// The largest score, in float32, where softmax or entmax was asked for.
    float largest;
    ck_work work;
} ck_step_result;

/// ReLU^alpha attention of q (d floats) with threshold b: `output` gets `sum w v / sum w` (dv floats), 0 for an empty row.
/// Returns 0, with output and result unspecified, where q is not finite, where float32 cannot hold weights or sums, or where the
/// weights are hardly more than rounding: then a slower way has to answer.
int ck_step_relu(const ck_step *step, const float *q, double b, int alpha, float *output, ck_step_result *result);

/// A query (d floats), and a score that is expected to be no higher than the threshold of its step.
typedef struct {
    const float *query;
    double threshold;
} ck_asked;

/// Looks for the half-spaces of several queries ahead, 1 to CK_MOST_LOOKS: parts that can, read their keys once for all of them.
/// Any step of query k that follows with `looked` k + 1 gives what it gives without; what was noted serves once.
void ck_step_look(const ck_step *step, const ck_asked *asked, size_t count);

/// Softmax of q (d floats) over the keys that score b or more. Exponents are shifted by `shift`, or where sums of float32 cannot
/// hold that by the largest score: the result says by which. Returns 0, with output and result unspecified, where q is not finite
/// and where float32 cannot hold scores or sums.
int ck_step_softmax(const ck_step *step, const float *q, double b, double shift, float *output, ck_step_result *result);

/// Softmax of q (d floats) over all rows, `step->dense`, relative to the largest score. Returns 0, with output and result
/// unspecified, where q is not finite and where float32 cannot hold scores.
int ck_step_softmax_all(const ck_step *step, const float *q, float *output, ck_step_result *result);

/// Adds `sum w v` over the keys that score b or more to `values` (dv doubles); weights as in ck_sink. Returns 0, with values and
/// result unspecified, where q is not finite and where float32 cannot hold scores.
int ck_step_sum(
    const ck_step *step, const float *q, double b, int exponent, double shift, double *values, ck_step_result *result);

/// Lists the keys that score b or more: rows in `step->ids`, scores in `step->scores`, their number in `result->count`.
/// Fills `trace` if it is not null. Returns 0 as ck_step_sum does.
int ck_step_list(const ck_step *step, const float *q, double b, ck_trace *trace, ck_step_result *result);

/// Counts the keys that score b or more, in `result->count`. Returns 0 as ck_step_sum does.
int ck_step_count(const ck_step *step, const float *q, double b, ck_step_result *result);

#endif
