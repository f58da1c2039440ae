// Scores of listed rows, weights of those kept, and their weighted value sum.
#ifndef CK_GATHER_H
#define CK_GATHER_H

#include <stddef.h>
#include <stdint.h>

/// Scores listed rows (key j at keys + j * stride) in float32 and keeps those whose dot product with q (padded with zeros to a
/// multiple of 16) is >= lower, in order. Rows are readable, and finite, for 16 floats past their end; lists have room for 16
/// more than `count`.
size_t ck_filter_rows(
    const float *keys, size_t stride, size_t d, const float *q, float lower, uint32_t *ids, float *dots, size_t count);

/// weights[i] = max(0, dots[i] * scale - b)^alpha; returns their sum. Both arrays have room for count + 16.
double ck_power_weights(const float *dots, size_t count, float scale, float b, int alpha, float *weights);

/// weights[i] = exp(dots[i] * scale - b); returns their sum.
double ck_exponential_weights(const float *dots, size_t count, float scale, float b, float *weights);

/// The largest of count floats; -INFINITY if there is none. Room for count + 16.
float ck_largest(const float *dots, size_t count);

/// Adds `sum weights[i] * value[ids[i]]` to `out` (dv floats); value j stands at values + j * stride, readable for 16
/// floats past its end.
void ck_sum_values(
    const float *values, size_t stride, size_t dv, const uint32_t *ids, const float *weights, size_t count, float *out);

#endif
