#include "codes/codes_driver.h"

#include "ckernels.h"
#include "machine/placement.h"

/// Groups after which queries are looked at that list more than there is room for.
enum { LOOK_STRETCH = 64 };

/// Centres, and rows in float32, are summed in float32 too: the bound gives way by what both may lose.
static double lower_bound(const ck_guard *band) { return band->threshold - 4 * band->slack; }

/// Scores `count` candidates, and hands the members on.
static void take(
    const ck_codes_index *all, const ck_half_space *half, const ck_guard *band, const ck_members *members, size_t count,
    float *sums, ck_sink *sink) {
    const ck_segment from = {.keys = all->keys, .values = all->values, .first_row = all->first_row};
    size_t tested = 0;
    if (count == 0) return;
    sink->work.candidates += count;
    sink->work.bytes_read += count * half->d * ck_entry_bytes(all->keys.format);
    count = ck_filter_rows(all->keys, half->d, half->vector, band->lower, members->ids, members->dots, count);
    count = ck_resolve(
        all->keys, half->d, half->vector, half->threshold, band->upper, members->ids, members->dots, count, &tested);
    ck_sink_take(sink, half, &from, members, count, sums);
}

static size_t bytes_of(const ck_codes_index *all, size_t pruned) {
    return (all->groups - pruned) * (CK_GROUP / CK_BLOCK) * all->coded.block_bytes;
}

int ck_find_codes(const void *index, const ck_half_space *half, ck_sink *sink) {
    const ck_codes_index *all = index;
    const size_t dv = half->dv;
    if (!(half->norm < CK_CODES_MOST_NORM)) return 0;
    const ck_guard band = ck_guard_band(half->norm, half->key_norm, half->threshold, half->d);
    const double lower = lower_bound(&band);
    float sums[(dv + 15) & ~(size_t)15] CK_ALIGNED;
    for (size_t t = 0; t < dv; t++) sums[t] = 0;
    ck_members members = all->members;
    ck_codes_look *look = half->looked > 0 && half->looked <= all->most_looks ? all->looks + half->looked - 1 : NULL;
    if (look && look->waits && look->lower <= lower) {
        // Testing them uses the list up.
        look->waits = 0;
        members.ids = look->ids;
        take(all, half, &band, &members, look->count, sums, sink);
        sink->work.pruned += look->pruned;
        sink->work.bytes_read += look->bytes;
    } else {
        size_t pruned = 0;
        ck_coded_prepare(&all->coded, half->vector, half->norm, lower, all->query);
        for (size_t first = 0; first < all->groups; first += CK_CODES_STRETCH) {
            const size_t last = all->groups - first < CK_CODES_STRETCH ? all->groups : first + CK_CODES_STRETCH;
            const size_t count =
                ck_scan_codes(&all->coded, all->query, half->vector, first, last, members.ids, &pruned);
            take(all, half, &band, &members, count, sums, sink);
        }
        sink->work.pruned += pruned;
        sink->work.bytes_read += bytes_of(all, pruned);
    }
    sink->work.visited += all->groups;
    if (sink->wanted == CK_WANT_SUM)
        for (size_t t = 0; t < dv; t++) sink->values[t] += sums[t];
    return 1;
}

void ck_look_for_codes(const void *index, const ck_half_space *halves, size_t count) {
    const ck_codes_index *all = index;
    const float *vectors[count];
    uint32_t *lists[count];
    size_t counts[count], pruned[count], asked[count], present = 0, bytes = 0;
    for (size_t k = 0; k < count; k++) {
        const ck_half_space *half = halves + k;
        ck_codes_look *look = all->looks + k;
        look->waits = 0;
        if (!(half->norm < CK_CODES_MOST_NORM)) continue;
        const ck_guard band = ck_guard_band(half->norm, half->key_norm, half->threshold, half->d);
        look->lower = lower_bound(&band);
        ck_coded_prepare(&all->coded, half->vector, half->norm, look->lower, all->query + present);
        vectors[present] = half->vector;
        lists[present] = look->ids;
        counts[present] = pruned[present] = 0;
        asked[present++] = k;
    }
    for (size_t first = 0; first < all->groups; first += LOOK_STRETCH) {
        const size_t last = all->groups - first < LOOK_STRETCH ? all->groups : first + LOOK_STRETCH;
        const size_t most = all->list_room - 64 - (last - first) * CK_GROUP;
        for (size_t i = 0; i < present; i++) {
            if (counts[i] <= most) continue;
            // A query that so many keys may answer is left to itself, and the last takes its place.
            const size_t other = --present;
            all->query[i] = all->query[other];
            vectors[i] = vectors[other];
            lists[i] = lists[other];
            counts[i] = counts[other];
            pruned[i] = pruned[other];
            asked[i--] = asked[other];
        }
        ck_scan_codes_together(&all->coded, all->query, vectors, present, first, last, lists, counts, pruned);
    }
    for (size_t i = 0; i < present; i++) {
        const size_t mine = bytes_of(all, pruned[i]);
        if (mine > bytes) bytes = mine;
    }
    for (size_t i = 0; i < present; i++) {
        ck_codes_look *look = all->looks + asked[i];
        look->count = counts[i];
        look->pruned = pruned[i];
        look->bytes = bytes / present;
        look->waits = 1;
    }
}
