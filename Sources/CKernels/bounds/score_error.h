// How far a float32 score may be from the definition's: the one place where every rounding bound stands.
//
// A float32 sum of d products in any order, fused or not, differs from the exact sum by at most
//     gamma_d * sum |q_t k_t|,  gamma_d = d u / (1 - d u),  u = 2^-24
// (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., section 3.1), and sum |q_t k_t| <= |q| |k| by Cauchy and
// Schwarz. The definition's own float64 sum differs from the exact one by d 2^-53 |q| |k|, which a few more units of 2^-24
// cover many times over. Each product and each sum may lose half of the smallest float, 2^-149, to underflow.
#ifndef CK_SCORE_ERROR_H
#define CK_SCORE_ERROR_H

#include "bounds/rounding.h"

/// The dot product: twice the first-order bound, so that roundings of the bound itself and of norms are covered as well.
static inline double ck_dot_error(size_t d, double reach) {
    return (double)(int32_t)(d + 4) * (0x1p-23 * reach + 0x1p-149);
}

/// The score that a kernel computes of a query scaled by 1 / sqrt(d): the scaling rounds each entry once more, and the shift by a
/// threshold b rounds once at the size of b. `reach` is |q| max|k|. Four times the first-order bound: weights below it are noise.
static inline double ck_score_error(size_t d, double reach, double b) {
    return (double)(int32_t)(d + 8) * (0x1p-22 * reach + 0x1p-149) / ck_root(d) + fabs(b) * 0x1p-22;
}

/// The first-order bound of the same without a shift: what a difference of two scores may be off by.
static inline double ck_score_slack(size_t d, double reach) {
    return (double)(int32_t)(d + 8) * 0x1p-24 * reach / ck_root(d);
}

#endif
