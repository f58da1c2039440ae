#include "codes/codes_driver.h"

#include "ckernels.h"
#include "machine/placement.h"

/// A query under way.
typedef struct {
    ck_guard band;
    /// Where its candidates are listed; dot products and weights are needed for one query at a time.
    ck_members members;
    float *sums;
    size_t candidates;
} probe;

/// Scores the candidates of a stretch and hands the members on.
static void take(
    const ck_codes_index *all, const ck_half_space *half, probe *one, size_t count, ck_sink *sink) {
    const ck_segment from = {.keys = all->keys, .values = all->values, .first_row = all->first_row};
    size_t tested = 0;
    if (count == 0) return;
    one->candidates += count;
    count = ck_filter_rows(
        all->keys, half->d, half->vector, one->band.lower, one->members.ids, one->members.dots, count);
    count = ck_resolve(
        all->keys, half->d, half->vector, half->threshold, one->band.upper, one->members.ids, one->members.dots, count,
        &tested);
    ck_sink_take(sink, half, &from, &one->members, count, one->sums);
}

void ck_find_codes_together(
    const void *index, const ck_half_space *halves, ck_sink *sinks, size_t count, int *answered) {
    const ck_codes_index *all = index;
    const ck_coded *coded = &all->coded;
    const size_t d = halves->d, dv = halves->dv, width = (dv + 15) & ~(size_t)15;
    float sums[count * width] CK_ALIGNED;
    probe probes[count];
    const float *vectors[count];
    uint32_t *lists[count];
    size_t counts[count], pruned[count], asked[count], present = 0;
    for (size_t k = 0; k < count; k++) {
        const ck_half_space *half = halves + k;
        answered[k] = answered[k] && half->norm < CK_CODES_MOST_NORM;
        if (!answered[k]) continue;
        probe *one = probes + present;
        one->band = ck_guard_band(half->norm, half->key_norm, half->threshold, d);
        one->members = all->members;
        if (present > 0) one->members.ids = all->more + (present - 1) * all->list_room;
        one->sums = sums + present * width;
        one->candidates = 0;
        for (size_t t = 0; t < dv; t++) one->sums[t] = 0;
        lists[present] = one->members.ids;
        vectors[present] = half->vector;
        pruned[present] = 0;
        // Centres, and rows in float32, are summed in float32 too: the bound gives way by what both may lose.
        ck_coded_prepare(
            coded, half->vector, half->norm, one->band.threshold - 4 * one->band.slack, all->query + present);
        asked[present++] = k;
    }
    for (size_t first = 0; first < all->groups; first += CK_CODES_STRETCH) {
        const size_t last = all->groups - first < CK_CODES_STRETCH ? all->groups : first + CK_CODES_STRETCH;
        if (present == 1) {
            counts[0] = ck_scan_codes(coded, all->query, vectors[0], first, last, lists[0], pruned);
        } else {
            for (size_t i = 0; i < present; i++) counts[i] = 0;
            ck_scan_codes_together(coded, all->query, vectors, present, first, last, lists, counts, pruned);
        }
        for (size_t i = 0; i < present; i++) take(all, halves + asked[i], probes + i, counts[i], sinks + asked[i]);
    }
    for (size_t i = 0; i < present; i++) {
        ck_sink *sink = sinks + asked[i];
        if (sink->wanted == CK_WANT_SUM)
            for (size_t t = 0; t < dv; t++) sink->values[t] += probes[i].sums[t];
        sink->work.visited += all->groups;
        sink->work.pruned += pruned[i];
        sink->work.candidates += probes[i].candidates;
        sink->work.bytes_read += (all->groups - pruned[i]) * (CK_GROUP / CK_BLOCK) * coded->block_bytes +
                                 probes[i].candidates * d * ck_entry_bytes(all->keys.format);
    }
}

int ck_find_codes(const void *index, const ck_half_space *half, ck_sink *sink) {
    int answered = 1;
    ck_find_codes_together(index, half, sink, 1, &answered);
    return answered;
}
