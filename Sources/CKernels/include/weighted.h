// Dense value sums for weights that only the whole row determines.
#ifndef CK_WEIGHTED_H
#define CK_WEIGHTED_H

#include "rows.h"

/// w[i] = max(0, (dot[i] - top) * scale - tau)^exponent in place for all `count` dots; returns their sum.
double ck_entmax_weights(float *dots, size_t count, float top, float scale, float tau, float exponent);

/// Adds `sum w[i] value[i]` over rows 0 ..< count, every value read, to `out` (dv doubles).
void ck_dense_values(const ck_rows *rows, size_t count, const float *w, double *out);

#endif
