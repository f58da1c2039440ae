// Dot products of a tile of rows: what the dense kernels and the scan share.
#ifndef CK_TILE_H
#define CK_TILE_H

#include "scan/rows.h"
#include "vector/wide.h"

/// Rows in a tile.
#define TILE 64

/// Four sums of 16 lanes each to one vector: lane group g (of 4) holds the four rows' sums over that group.
#define FOLD4(result, a, b, c, e)                                                                              \
    do {                                                                                                       \
        f32x16 ab_ = __builtin_shufflevector(a, b, 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29) +    \
                  __builtin_shufflevector(a, b, 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31);   \
        f32x16 ce_ = __builtin_shufflevector(c, e, 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29) +    \
                  __builtin_shufflevector(c, e, 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31);   \
        (result) = __builtin_shufflevector(ab_, ce_, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29) \
                   + __builtin_shufflevector(                                                                  \
                       ab_, ce_, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);                  \
    } while (0)

/// The lane groups of two folded vectors, added pairwise.
#define FOLD_GROUPS(result, a, b)                                                                              \
    (result) = __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27) +       \
               __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31)

/// 16 lanes that sum to the dot product of one row of d numbers with q.
#define ROW_LANES(result, row)                                                                                 \
    do {                                                                                                       \
        const void *k_ = (row);                                                                                \
        f32x16 a_ = {}, b_ = {};                                                                                  \
        size_t t_ = 0;                                                                                         \
        for (; t_ + 32 <= d; t_ += 32) {                                                                       \
            a_ += WIDE(format, ENTRY_AT(format, k_, t_)) * LOAD(q + t_);                                       \
            b_ += WIDE(format, ENTRY_AT(format, k_, t_ + 16)) * LOAD(q + t_ + 16);                             \
        }                                                                                                      \
        for (; t_ < d; t_ += 16) a_ += WIDE(format, ENTRY_AT(format, k_, t_)) * LOAD(q + t_);                  \
        (result) = a_ + b_;                                                                                    \
    } while (0)

/// 16 row-major rows of `d` numbers, `stride` apart, against q padded with zeros; one row after the other, because
/// memory that is not read in the order in which it lies is not seen to be a stream.
CK_INLINE void dots16_rows(
    const void *keys, size_t stride, size_t d, const float *q, float *dots, const int format) {
    const size_t row = stride * ENTRY(format);
    f32x16 folded[4];
#pragma clang loop unroll(full)
    for (int g = 0; g < 4; g++) {
        const char *k = (const char *)keys + 4 * g * row;
        f32x16 a, b, c, e;
        ROW_LANES(a, k);
        ROW_LANES(b, k + row);
        ROW_LANES(c, k + 2 * row);
        ROW_LANES(e, k + 3 * row);
        FOLD4(folded[g], a, b, c, e);
    }
    f32x16 low, high, all;
    FOLD_GROUPS(low, folded[0], folded[1]);
    FOLD_GROUPS(high, folded[2], folded[3]);
    FOLD_GROUPS(all, low, high);
    STORE(dots, all);
}

/// `count` (a multiple of 16, at most TILE) dot products from row `first` (a multiple of 16) on; `format` is that of the rows.
CK_INLINE void tile_dots(
    const ck_rows *rows, size_t first, size_t count, const float *q, float *dots, const int format) {
    size_t d = rows->d;
    if (!rows->key_blocks) {
        // Short rows are compiled with their length known.
#define ROWS_OF(LENGTH)                                                                                        \
    for (size_t i_ = 0; i_ < count; i_ += 16)                                                                  \
    dots16_rows(ENTRY_AT(format, rows->keys.base, (first + i_) * (LENGTH)), LENGTH, LENGTH, q, dots + i_, format)
        switch (d) {
        case 16: ROWS_OF(16); break;
        case 32: ROWS_OF(32); break;
        default: ROWS_OF(d);
        }
        return;
    }
    // Four sums over every fourth column hide the latency of a fused multiply-add.
    for (size_t i = 0; i < count; i += 16) {
        const void *block = ENTRY_AT(format, rows->key_blocks, (first + i) * d);
#define COLUMN(t) WIDE(format, ENTRY_AT(format, block, 16 * (t))) * q[t]
        f32x16 a = {}, b = {}, c = {}, e = {};
        size_t t = 0;
        for (; t + 4 <= d; t += 4) {
            a += COLUMN(t);
            b += COLUMN(t + 1);
            c += COLUMN(t + 2);
            e += COLUMN(t + 3);
        }
        for (; t < d; t++) a += COLUMN(t);
        STORE(dots + i, (a + b) + (c + e));
    }
}

#endif
