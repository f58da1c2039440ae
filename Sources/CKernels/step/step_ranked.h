// Steps that find their threshold themselves: entmax, and softmax over the r largest.
#ifndef CK_STEP_RANKED_H
#define CK_STEP_RANKED_H

#include "step/step.h"

/// Alpha-entmax of q (d floats). Where the step is dense: every key scored, tau solved on the scores near the largest, all
/// weights computed, every value read. Else tau is solved on the scores from `low` on, exact if it lies above; entmax is then
/// ReLU^(1 / (alpha - 1)) attention with the threshold at which weights begin. Returns 0, with output and result unspecified,
/// where q is not finite, where float32 cannot say how far below the largest a score lies, where tau lies below `low`, where
/// alpha > 2 (small weights rise steeply: float64 is needed) and, unless dense, where 1 / (alpha - 1) is no natural number.
int ck_step_entmax(const ck_step *step, const float *q, double alpha, double low, float *output, ck_step_result *result);

/// Softmax of q (d floats) over its r largest scores and what ties with the last of them, by the definition of membership. Where
/// the step is dense every key is scored and every value read in order.
/// Returns 0, with output and result unspecified, where q is not finite, where float32 cannot hold scores or sums, and where
/// fewer than r keys, or hardly more, lie above `low`.
int ck_step_largest(const ck_step *step, const float *q, size_t r, double low, float *output, ck_step_result *result);

#endif
