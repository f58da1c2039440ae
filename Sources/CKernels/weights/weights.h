// Weights of listed scores, and the weighted sum of their values.
#ifndef CK_WEIGHTS_H
#define CK_WEIGHTS_H

#include <stddef.h>
#include <stdint.h>

#include "scan/table.h"

/// weights[i] = max(0, dots[i] * scale - b)^alpha; returns their sum. Both arrays have room for count + 16.
double ck_power_weights(const float *dots, size_t count, float scale, float b, int alpha, float *weights);

/// weights[i] = exp(dots[i] * scale - b); returns their sum.
double ck_exponential_weights(const float *dots, size_t count, float scale, float b, float *weights);

/// The largest of count floats; -INFINITY if there is none. Room for count + 16.
float ck_largest(const float *dots, size_t count);

/// Adds `sum weights[i] * value[ids[i]]` to `out` (dv floats); values are readable for 16 numbers past their end.
void ck_sum_values(
    ck_table values, size_t dv, const uint32_t *ids, const float *weights, size_t count, float *out);

#endif
