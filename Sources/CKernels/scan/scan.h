// The scan: every key is scored, those at or above a bound are listed.
#ifndef CK_SCAN_H
#define CK_SCAN_H

#include <stddef.h>
#include <stdint.h>

#include "scan/rows.h"

/// Lists rows first ..< last whose float32 dot product with q (d floats, zero-padded to a multiple of 16) is >= lower.
/// `ids` and `dots` have room for last - first + 16 entries. Returns how many.
size_t ck_scan(
    const ck_rows *rows, size_t first, size_t last, const float *q, float lower, uint32_t *ids, float *dots);

/// The float32 dot products of rows first ..< last, to `dots` (room for last - first + 16).
void ck_dots(const ck_rows *rows, size_t first, size_t last, const float *q, float *dots);

/// Keeps, in order, the candidates that are members: dot >= upper, or the definition's score >= b. `tested` counts definitions
/// applied.
size_t ck_resolve(
    ck_table keys, size_t d, const float *q, double b, float upper, uint32_t *ids, float *dots, size_t count,
    size_t *tested);

/// Lists rows first ..< last by the definition alone; dots are the float64 sums rounded.
size_t ck_scan_exact(
    const ck_rows *rows, size_t first, size_t last, const float *q, double b, uint32_t *ids, float *dots);

#endif
