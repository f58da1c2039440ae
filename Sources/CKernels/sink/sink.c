#include "sink/sink.h"

#include <string.h>

#include "ckernels.h"

void ck_listing_extend(ck_listing *list, const ck_segment *from, size_t count) {
    ck_segment *last = list->segments + list->segment_count - 1;
    // Parts that share keys, values and numbers share a segment.
    if (list->segment_count == 0 || last->keys.base != from->keys.base || last->values.base != from->values.base ||
        last->rows != from->rows) {
        last = list->segments + list->segment_count++;
        *last = *from;
        last->first = list->count;
        last->count = 0;
    }
    last->count += count;
    list->count += count;
}

void ck_sink_take(
    ck_sink *sink, const ck_half_space *half, const ck_segment *from, const ck_members *members, size_t count, float *sums) {
    if (count == 0) return;
    sink->count += count;
    if (sink->wanted == CK_WANT_COUNT) return;
    const float scale = (float)(1 / ck_root(half->d));
    if (sink->wanted == CK_WANT_LIST) {
        ck_listing *list = sink->list;
        float *scores = list->scores + list->count;
        for (size_t i = 0; i < count; i++) scores[i] = members->dots[i] * scale;
        memcpy(list->ids + list->count, members->ids, count * sizeof *members->ids);
        return ck_listing_extend(list, from, count);
    }
    sink->weight +=
        sink->exponent > 0
            ? ck_power_weights(members->dots, count, scale, (float)sink->shift, sink->exponent, members->weights)
            : ck_exponential_weights(members->dots, count, scale, (float)sink->shift, members->weights);
    ck_sum_values(from->values, half->dv, members->ids, members->weights, count, sums);
    const float largest = ck_largest(members->dots, count) * scale;
    if (largest > sink->largest) sink->largest = largest;
    sink->work.bytes_read += count * half->dv * ck_entry_bytes(from->values.format);
}

void ck_trace_group(ck_trace *trace, size_t keys, double bound) {
    if (keys == 0) return;
    trace->group_keys[trace->groups] = keys;
    trace->group_bounds[trace->groups++] = bound;
}
