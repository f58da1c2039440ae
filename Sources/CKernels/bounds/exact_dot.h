// The sum by which membership is defined.
#ifndef CK_EXACT_DOT_H
#define CK_EXACT_DOT_H

#include <stddef.h>

/// The dot product of membership: float64, t = 0 ... d-1 in that order. Every product of two floats is exact in a double,
/// so a fused multiply-add gives the same sum.
double ck_exact_dot(const float *a, const float *b, size_t d);

#endif
