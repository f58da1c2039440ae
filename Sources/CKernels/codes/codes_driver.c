#include "codes/codes_driver.h"

#include "ckernels.h"
#include "machine/placement.h"

int ck_find_codes(const void *index, const ck_half_space *half, ck_sink *sink) {
    const ck_codes_index *all = index;
    const ck_coded *coded = &all->coded;
    const ck_members *members = &all->members;
    const size_t d = half->d, dv = half->dv;
    const ck_segment from = {
        .keys = all->keys, .values = all->values, .first_row = all->first_row};
    if (!(half->norm < CK_CODES_MOST_NORM)) return 0;
    float sums[dv] CK_ALIGNED;
    const ck_guard band = ck_guard_band(half->norm, half->key_norm, half->threshold, d);
    for (size_t t = 0; t < dv; t++) sums[t] = 0;
    // Centres, and rows in float32, are summed in float32 too: the bound gives way by what both may lose.
    ck_coded_prepare(coded, half->vector, half->norm, band.threshold - 4 * band.slack, all->query);
    size_t pruned = 0, candidates = 0;
    for (size_t first = 0; first < all->groups; first += CK_CODES_STRETCH) {
        const size_t last = all->groups - first < CK_CODES_STRETCH ? all->groups : first + CK_CODES_STRETCH;
        size_t tested = 0;
        size_t count = ck_scan_codes(coded, all->query, half->vector, first, last, members->ids, &pruned);
        if (count == 0) continue;
        candidates += count;
        count = ck_filter_rows(all->keys, d, half->vector, band.lower, members->ids, members->dots, count);
        count = ck_resolve(
            all->keys, d, half->vector, half->threshold, band.upper, members->ids, members->dots, count, &tested);
        ck_sink_take(sink, half, &from, members, count, sums);
    }
    if (sink->wanted == CK_WANT_SUM)
        for (size_t t = 0; t < dv; t++) sink->values[t] += sums[t];
    sink->work.visited += all->groups;
    sink->work.pruned += pruned;
    sink->work.candidates += candidates;
    sink->work.bytes_read +=
        (all->groups - pruned) * (CK_GROUP / CK_BLOCK) * coded->block_bytes + candidates * d * ck_entry_bytes(all->keys.format);
    return 1;
}
