#include "ckernels.h"
#include "machine/placement.h"

NEAR double ck_exact_dot(const float *a, const float *b, size_t d) {
    double sum = 0;
    for (size_t t = 0; t < d; t++) sum += (double)a[t] * (double)b[t];
    return sum;
}
