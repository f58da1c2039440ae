#include "ckernels.h"
#include "machine/placement.h"

NEAR double ck_exact_dot(const float *a, const float *b, size_t d) {
    double sum = 0;
    for (size_t t = 0; t < d; t++) sum += (double)a[t] * (double)b[t];
    return sum;
}

void ck_exact_scores(
    const float *keys, size_t stride, size_t d, const float *q, const uint32_t *ids, size_t count, double *scores) {
    // Sums of several keys side by side: each waits for its own additions alone.
    enum { TOGETHER = 8 };
    const double root = ck_root(d);
    size_t i = 0;
    for (; i + TOGETHER <= count; i += TOGETHER) {
        const float *key[TOGETHER];
        double sum[TOGETHER] = {};
        for (int k = 0; k < TOGETHER; k++) key[k] = keys + ids[i + k] * stride;
        for (size_t t = 0; t < d; t++)
            for (int k = 0; k < TOGETHER; k++) sum[k] += (double)q[t] * (double)key[k][t];
        for (int k = 0; k < TOGETHER; k++) scores[i + k] = sum[k] / root;
    }
    for (; i < count; i++) scores[i] = ck_exact_dot(q, keys + ids[i] * stride, d) / root;
}
