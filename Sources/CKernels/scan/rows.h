// Keys and values as the kernels see them.
#ifndef CK_ROWS_H
#define CK_ROWS_H

#include "scan/table.h"

/// Rows of a store, keys and values one after the other and in one format; a pointer to blocks may be null. Blocks hold 16 rows
/// each, column by column ([block][t][16]), in the same format. Every array is readable, and finite, for 64 rows and 16 numbers
/// past its last row.
typedef struct {
    ck_table keys, values;
    const void *key_blocks, *value_blocks;
    /// d and dv.
    size_t d, dv;
} ck_rows;

#endif
