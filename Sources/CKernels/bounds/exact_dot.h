// The sum by which membership is defined.
#ifndef CK_EXACT_DOT_H
#define CK_EXACT_DOT_H

#include <stddef.h>
#include <stdint.h>

#include "scan/table.h"

/// The dot product of membership: float64, t = 0 ... d-1 in that order. Every product of two floats is exact in a double,
/// so a fused multiply-add gives the same sum.
double ck_exact_dot(const float *a, const float *b, size_t d);

/// The same of q and a key of a table.
double ck_exact_row(ck_table keys, size_t row, const float *q, size_t d);

/// The same of q and `count` listed keys, divided by sqrt(d).
void ck_exact_scores(ck_table keys, size_t d, const float *q, const uint32_t *ids, size_t count, double *scores);

#endif
