// What the calls of a step share.
#ifndef CK_STEP_CALL_H
#define CK_STEP_CALL_H

#include "step/fault.h"
#include "step/step.h"

/// Floats of a padded query.
#define CK_PADDED(d) (((d) + 15) & ~(size_t)15)

/// Copies q and q / sqrt(d), padded with zeros to a multiple of 16, and makes the half-space. Returns 0 where float32 cannot hold
/// its scores.
int ck_step_prepare(
    const ck_step *step, const float *q, double b, float *vector, float *scaled, ck_half_space *half);

/// The output and what was found, from the sums of all parts; 0 where a slower way has to answer.
int ck_step_finish(const ck_half_space *half, const ck_sink *sink, float *output, ck_step_result *result);

/// Asks every part; 0 where one refuses, since the others alone are no answer.
static inline __attribute__((always_inline)) int ck_step_find(const ck_step *step, const ck_half_space *half, ck_sink *sink) {
    CK_FAULT_BEFORE(half)
    for (size_t i = 0; i < step->count; i++)
        if (!step->parts[i].find(step->parts[i].index, half, sink)) return 0;
    CK_FAULT_AFTER(sink)
    return 1;
}

#endif
