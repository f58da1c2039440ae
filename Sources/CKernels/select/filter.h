// Float32 scores of listed rows, wherever they lie, and those that pass.
#ifndef CK_FILTER_H
#define CK_FILTER_H

#include <stddef.h>
#include <stdint.h>

#include "scan/table.h"

/// Scores listed rows in float32 and keeps those whose dot product with q (padded with zeros to a
/// multiple of 16) is >= lower, in order. Rows are readable, and finite, for 16 numbers past their end; lists have room for 16
/// more than `count`.
size_t ck_filter_rows(
    ck_table keys, size_t d, const float *q, float lower, uint32_t *ids, float *dots, size_t count);

#endif
