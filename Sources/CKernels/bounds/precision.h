// Where float32 holds a row to the precision that outputs keep, and where float64 has to weigh it.
//
// score_error.h bounds the rounding of every score, whatever the numbers. That bound lies far above what rounding takes from
// ordinary rows, and would send all of them to float64. So this is an estimate: a float32 sum of d products rounds each partial
// sum by at most half a unit, 2^-24 of its size, and partial sums are about as large as the score itself or as |q||k|/d, what
// terms of random signs add up to. The roundings of d / 32 lanes add up like a random walk. PrecisionTests compares outputs near
// the limits with the float64 referee.
#ifndef CK_PRECISION_H
#define CK_PRECISION_H

#include "bounds/rounding.h"
#include "bounds/score_error.h"

/// The largest ||out - row|| / ||row|| that an output may have from arithmetic.
#define CK_PRECISION 1e-5

/// The largest exponent of a float32 base that keeps it: rounding of the base counts as often.
#define CK_MOST_EXPONENT 64.0

/// What float32 typically takes from a score of this size; `reach` is |q| max|k|.
static inline double ck_typical_error(size_t d, double reach, double size) {
    const double entries = (double)(int32_t)d;
    return 0x1p-24 * (fabs(size) + reach / entries) * sqrt(1 + entries / 32);
}

/// Whether exp(s - largest) of float32 scores suffices.
static inline int ck_exponentials_hold(size_t d, double reach, double largest) {
    return ck_typical_error(d, reach, largest) < CK_PRECISION;
}

/// Whether (s - b)^exponent of float32 scores suffices for `count` members whose weights sum to `weight`: on the mean they lie
/// so far above b that what scores are typically off by does not count, and even the bound of it is less.
static inline int ck_powers_hold(size_t d, double reach, double b, double weight, double count, int exponent) {
    const double bound = 4 * ck_score_error(d, reach, b);
    const double typical = exponent / CK_PRECISION * ck_typical_error(d, reach, b);
    const double least = bound > typical ? bound : typical;
    double power = count;
    while (exponent-- > 0) power *= least;
    return weight > power;
}

/// The same for max(0, (a - 1)(s - s_max) - tau)^exponent, exponent = 1 / (a - 1) real, weights that sum to about 1. `size` is
/// that of the scores.
static inline int ck_shares_hold(size_t d, double reach, double size, double count, double exponent) {
    const double error = ck_typical_error(d, reach, size);
    if (!(exponent >= 1 && exponent <= CK_MOST_EXPONENT && error < CK_PRECISION)) return 0;
    // (1 / count)^(1 / exponent) is the base of the mean weight; few members need no logarithm.
    return count * error < CK_PRECISION || log(count) < exponent * log(CK_PRECISION / error);
}

#endif
