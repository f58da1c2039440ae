#include "ckernels.h"
#include "machine/placement.h"

NEAR double ck_exact_dot(const float *a, const float *b, size_t d) {
    double sum = 0;
    for (size_t t = 0; t < d; t++) sum += (double)a[t] * (double)b[t];
    return sum;
}

NEAR double ck_exact_row(ck_table keys, size_t row, const float *q, size_t d) {
    if (keys.format == CK_F32) return ck_exact_dot(q, (const float *)keys.base + row * keys.stride, d);
    float wide[CK_MOST_DIMENSIONS];
    ck_widen(keys.base, keys.format, row * keys.stride, d, wide);
    return ck_exact_dot(q, wide, d);
}

void ck_exact_scores(ck_table keys, size_t d, const float *q, const uint32_t *ids, size_t count, double *scores) {
    // Sums of several keys side by side: each waits for its own additions alone.
    enum { TOGETHER = 8 };
    const double root = ck_root(d);
    float wide[keys.format == CK_F32 ? 1 : TOGETHER * d];
    size_t i = 0;
    for (; i + TOGETHER <= count; i += TOGETHER) {
        const float *key[TOGETHER];
        double sum[TOGETHER] = {};
        for (int k = 0; k < TOGETHER; k++) key[k] = ck_row(keys, ids[i + k], d, wide + (keys.format == CK_F32 ? 0 : k * d));
        for (size_t t = 0; t < d; t++)
            for (int k = 0; k < TOGETHER; k++) sum[k] += (double)q[t] * (double)key[k][t];
        for (int k = 0; k < TOGETHER; k++) scores[i + k] = sum[k] / root;
    }
    for (; i < count; i++) scores[i] = ck_exact_row(keys, ids[i], q, d) / root;
}
