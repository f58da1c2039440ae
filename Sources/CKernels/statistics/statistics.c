#include "ckernels.h"
#include "vector/f32x16.h"

typedef double f64x8 __attribute__((vector_size(64)));
typedef double f64x8_unaligned __attribute__((vector_size(64), aligned(8), may_alias));
typedef float f32x8_unaligned __attribute__((vector_size(32), aligned(4), may_alias));

CK_INLINE void add_outer(double *matrix, const double *x, double factor, size_t d) {
    for (size_t row = 0; row < d; row++, matrix += d) {
        const double scaled = x[row] * factor;
        const f64x8 lanes = (f64x8){} + scaled;
        size_t t = 0;
        for (; t + 8 <= d; t += 8) *(f64x8_unaligned *)(matrix + t) += *(const f64x8_unaligned *)(x + t) * lanes;
        for (; t < d; t++) matrix[t] += scaled * x[t];
    }
}

CK_INLINE double quadratic_form(const double *matrix, const float *q, size_t d) {
    double total = 0;
    for (size_t row = 0; row < d; row++, matrix += d) {
        f64x8 lanes = {};
        double sum = 0;
        size_t t = 0;
        for (; t + 8 <= d; t += 8)
            lanes += *(const f64x8_unaligned *)(matrix + t) * __builtin_convertvector(*(const f32x8_unaligned *)(q + t), f64x8);
        for (; t < d; t++) sum += matrix[t] * (double)q[t];
        for (int l = 0; l < 8; l++) sum += lanes[l];
        total += (double)q[row] * sum;
    }
    return total;
}

#define LEVEL(SUFFIX, TARGET)                                                                                          \
    TARGET static void outer_##SUFFIX(double *matrix, const double *x, double factor, size_t d) {                      \
        add_outer(matrix, x, factor, d);                                                                               \
    }                                                                                                                  \
    TARGET static double quadratic_##SUFFIX(const double *matrix, const float *q, size_t d) {                          \
        return quadratic_form(matrix, q, d);                                                                           \
    }

LEVEL(portable, )
#if defined(__x86_64__)
LEVEL(avx2, TARGET_AVX2)
LEVEL(avx512, TARGET_AVX512)
#endif

void ck_add_outer(double *matrix, const double *x, double factor, size_t d) {
    DISPATCH(outer, matrix, x, factor, d);
}

double ck_quadratic_form(const double *matrix, const float *q, size_t d) { DISPATCH(quadratic, matrix, q, d); }
