// Products of a weight matrix with vectors, and the small functions between two of them.
#ifndef CK_MATRIX_H
#define CK_MATRIX_H

#include <stddef.h>

/// Rows in a panel.
enum { CK_PANEL = 16 };

/// A matrix of float32 in panels of 16 rows, column by column: element (r, t) at panels[r / 16 * 16 * columns + 16 * t + r % 16].
/// The last panel is filled with rows of zeros.
typedef struct {
    const float *panels;
    size_t rows, columns;
} ck_matrix;

/// y[i][r] = sum over t of matrix[r][t] x[i][t], for `count` vectors: x has `columns` floats each, one after the other, and y `rows`.
/// Every sum runs over t in order, however many vectors there are: a vector alone and one of many give the same bits.
void ck_matrix_product(const ck_matrix *matrix, const float *x, size_t count, float *y);

/// y = x / sqrt(mean of x^2 + epsilon) for `count` vectors of `length` floats; y may be x.
void ck_root_mean_square(const float *x, size_t length, size_t count, float epsilon, float *y);

/// x = max(0, x)^2 in place.
void ck_relu_square(float *x, size_t count);

/// x += y.
void ck_add_floats(float *x, const float *y, size_t count);

#endif
