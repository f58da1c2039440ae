// Dense attention of one query: every key and every value is read.
#ifndef CK_DENSE_H
#define CK_DENSE_H

#include "scan/rows.h"

/// Adds `sum w v` over rows first ..< last to `out` (dv doubles) and returns `sum w`, w = max(0, s - b)^alpha; `positive` gets about
/// how many weights are above 0. `q` holds d floats already divided by sqrt(d), padded with zeros to a multiple of 16.
double ck_dense_power(
    const ck_rows *rows, size_t first, size_t last, const float *q, float b, int alpha, double *out, size_t *positive);

/// The same with w = exp(s - *largest): *largest is the largest score so far (start with -INFINITY and zeroed `out` and
/// `*weight`); what was summed before is rescaled when it rises.
void ck_dense_exponential(
    const ck_rows *rows, size_t first, size_t last, const float *q, float *largest, double *weight, double *out);

/// Reads every key and value that dense attention reads, in its layout, and does next to nothing with them: what memory
/// gives at most. Returns a sum that keeps the reads from being left out.
float ck_plain_read(const ck_rows *rows, size_t count);

#endif
