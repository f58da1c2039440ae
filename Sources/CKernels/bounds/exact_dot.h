// The sum by which membership is defined.
#ifndef CK_EXACT_DOT_H
#define CK_EXACT_DOT_H

#include <stddef.h>
#include <stdint.h>

/// The dot product of membership: float64, t = 0 ... d-1 in that order. Every product of two floats is exact in a double,
/// so a fused multiply-add gives the same sum.
double ck_exact_dot(const float *a, const float *b, size_t d);

/// The same of q and `count` listed keys, divided by sqrt(d): key i stands at keys + ids[i] * stride.
void ck_exact_scores(
    const float *keys, size_t stride, size_t d, const float *q, const uint32_t *ids, size_t count, double *scores);

#endif
