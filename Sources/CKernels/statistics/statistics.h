// Float64 matrices of the key statistics.
#ifndef CK_STATISTICS_H
#define CK_STATISTICS_H

#include <stddef.h>

/// matrix += factor x x^T, d x d, row-major.
void ck_add_outer(double *matrix, const double *x, double factor, size_t d);

/// q^T matrix q for a symmetric matrix.
double ck_quadratic_form(const double *matrix, const float *q, size_t d);

#endif
