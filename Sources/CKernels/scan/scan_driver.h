// The driver of the scan.
#ifndef CK_SCAN_DRIVER_H
#define CK_SCAN_DRIVER_H

#include "scan/rows.h"
#include "sink/sink.h"

/// Rows first ..< last of a store.
typedef struct {
    ck_rows rows;
    size_t first, last;
} ck_row_range;

/// Scores every key (`index` is a ck_row_range).
int ck_find_scan(const void *index, const ck_half_space *half, ck_sink *sink);

#endif
