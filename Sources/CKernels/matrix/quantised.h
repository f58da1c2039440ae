// Products of quantised weight matrices with vectors that are quantised on the way.
#ifndef CK_QUANTISED_H
#define CK_QUANTISED_H

#include <stddef.h>
#include <stdint.h>

/// Columns in a block of quantised weights.
enum { CK_WEIGHT_BLOCK = 32 };

/// A matrix whose element (r, t) is scale * code + offset, in panels of 16 rows (CK_PANEL). A group is 32 columns, or 16 where
/// `group` says so (8-bit codes only); `columns` is a multiple of 32. Rows after the last are zeros up to a whole panel.
///
/// Codes of a panel and group, 8 bits and signed: byte 64 v + 4 r + i is column 4 v + i of row r. 4 bits, unsigned: byte
/// 64 v + 4 r + i has column 4 v + i in its low and column 16 + 4 v + i in its high half.
/// Scales and offsets of a panel and group are 16 floats, one a row.
typedef struct {
    const uint8_t *codes;
    const float *scales;
    /// 4-bit codes only; null means none.
    const float *offsets;
    size_t rows, columns;
    int bits, group;
} ck_quantised;

/// Vectors as products take them: x[t] is about scale * (high[t] + low[t] / 254) with a scale for 32 columns, so 16 bits in two
/// planes of 8. Sums of codes of 16 columns stand beside them.
typedef struct {
    int8_t *high, *low;
    float *scales;
    int32_t *high_sums, *low_sums;
    size_t columns;
} ck_vectors;

/// Quantises `count` vectors of `columns` floats, one after the other; entries that are not finite give unspecified codes.
void ck_quantise(const float *x, size_t count, const ck_vectors *vectors);

/// y[i][r] = sum over t of matrix[r][t] x[i][t] for the rows of panels first ..< last; y has `rows` floats a vector. A vector alone
/// and one of many give the same bits.
void ck_quantised_product(
    const ck_quantised *matrix, const ck_vectors *vectors, size_t count, size_t first, size_t last, float *y);

/// gate = gate / (1 + exp(-gate)) * up, in place.
void ck_gate(float *gate, const float *up, size_t count);

/// x = x * factor, entry by entry.
void ck_multiply_floats(float *x, const float *factor, size_t count);

#endif
