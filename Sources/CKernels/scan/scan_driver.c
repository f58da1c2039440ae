#include "scan/scan_driver.h"

#include "ckernels.h"
#include "machine/placement.h"

int ck_find_scan(const void *index, const ck_half_space *half, ck_sink *sink) {
    const ck_row_range *all = index;
    enum { CHUNK = 1024 };
    const size_t d = half->d, dv = half->dv, rows = all->last - all->first;
    if (rows == 0) return 1;
    uint32_t ids[CHUNK + 16] CK_ALIGNED;
    float dots[CHUNK + 16] CK_ALIGNED, weights[CHUNK + 16] CK_ALIGNED, sums[dv] CK_ALIGNED;
    const ck_members members = {.ids = ids, .dots = dots, .weights = weights};
    const ck_segment from = {.keys = all->rows.keys, .values = all->rows.values};
    const ck_guard band = ck_guard_band(half->norm, half->key_norm, half->threshold, d);
    for (size_t t = 0; t < dv; t++) sums[t] = 0;
    for (size_t first = all->first; first < all->last; first += CHUNK) {
        const size_t last = all->last - first < CHUNK ? all->last : first + CHUNK;
        size_t tested = 0;
        size_t count = ck_scan(&all->rows, first, last, half->vector, band.lower, ids, dots);
        count = ck_resolve(all->rows.keys, d, half->vector, half->threshold, band.upper, ids, dots, count, &tested);
        ck_sink_take(sink, half, &from, &members, count, sums);
    }
    if (sink->wanted == CK_WANT_SUM)
        for (size_t t = 0; t < dv; t++) sink->values[t] += sums[t];
    sink->work.candidates += rows;
    sink->work.bytes_read += rows * d * ck_entry_bytes(from.keys.format);
    return 1;
}
