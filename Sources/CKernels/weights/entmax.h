// Weights of entmax, which only the whole row determines, and dense sums of values with them.
#ifndef CK_ENTMAX_H
#define CK_ENTMAX_H

#include "scan/rows.h"

/// w[i] = max(0, (dot[i] - top) * scale - tau)^exponent in place for all `count` dots; returns their sum.
double ck_entmax_weights(float *dots, size_t count, float top, float scale, float tau, float exponent);

/// The score at which the weights of entmax begin, for some of a row's scores of which `top` is the largest: `top + tau / scale`
/// with tau such that sum of max(0, (x - top) scale - tau)^exponent is 1, scale = a - 1 and exponent = 1 / scale. `start` is a
/// score not above it. Keeps what is not below it; more scores only raise it.
float ck_entmax_cut(float *x, size_t *count, float top, float start, float scale, float exponent);

/// Adds `sum w[i] value[i]` over rows 0 ..< count, every value read, to `out` (dv doubles).
void ck_dense_values(const ck_rows *rows, size_t count, const float *w, double *out);

#endif
