// Keys and values as the kernels see them.
#ifndef CK_ROWS_H
#define CK_ROWS_H

#include <stddef.h>

/// Rows of a store. Both arrays are row-major; a pointer to blocks may be null. Blocks hold 16 rows each, column by
/// column ([block][t][16]). Every array is readable, and finite, for 64 rows and 16 floats past its last row.
typedef struct {
    const float *keys;
    const float *values;
    const float *key_blocks;
    const float *value_blocks;
    /// d and dv.
    size_t d, dv;
} ck_rows;

#endif
