// Every kernel that has a hand-written body, at every level of this processor, against its portable twin: lists must be the
// same, and hold what exact arithmetic says. Without Swift, so that it runs where Swift does not, under an emulator perhaps.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ckernels.h"
#include "samples.h"

/// Queries asked together list what each lists alone.
static void packed_codes_together(const ck_coded *coded, const sample *s) {
    enum { MOST = 7 };
    const size_t groups = (s->n + CK_GROUP - 1) / CK_GROUP, padded = (s->d + 15) & ~(size_t)15;
    ck_key_query *queries = room(MOST * sizeof *queries);
    const float *q[MOST];
    uint32_t *lists[MOST], *expected = room((s->n + 1024) * 4);
    for (int k = 0; k < MOST; k++) {
        float *one = room(padded * sizeof(float));
        for (size_t t = 0; t < s->d; t++) one[t] = normal();
        q[k] = one;
        lists[k] = room((s->n + 1024) * 4);
        const double norm = sqrt(ck_exact_dot(one, one, s->d)) * (1 + 0x1p-40);
        ck_coded_prepare(coded, one, norm, (k - 1) * norm, queries + k);
    }
    for (size_t count = 1; count <= MOST; count += 2)
        AT_EVERY_LEVEL {
            size_t counts[MOST] = {0}, pruned[MOST] = {0};
            ck_scan_codes_together(coded, queries, q, count, 0, groups, lists, counts, pruned);
            for (size_t k = 0; k < count; k++) {
                size_t also = 0;
                const size_t other = ck_scan_codes(coded, queries + k, q[k], 0, groups, expected, &also);
                check(also == pruned[k] && same(lists[k], counts[k], expected, other, 4), "several in codes", s->d, s->n);
            }
        }
}

/// What a half-space holds is the same whether it was looked for with others or not, also where there is no room to list it, or
/// where it is asked for with another threshold.
static void codes_looked_for(const ck_coded *coded, const sample *s) {
    enum { MOST = 4 };
    const size_t d = s->d, n = s->n, groups = (n + CK_GROUP - 1) / CK_GROUP, padded = (d + 15) & ~(size_t)15;
    const size_t room_for = (groups < 64 ? groups : 64) * CK_GROUP + 64;
    ck_codes_look looks[MOST] = {};
    for (int k = 0; k < MOST; k++) looks[k].ids = room(room_for * 4);
    const ck_codes_index index = {
        .coded = *coded, .keys = ck_floats(s->keys, d), .groups = groups, .query = room(MOST * sizeof(ck_key_query)),
        .members = {room((n + 1024) * 4), room((n + 1024) * 4), room((n + 1024) * 4)}, .looks = looks, .most_looks = MOST,
        .list_room = room_for};
    ck_half_space halves[MOST];
    double largest = 0;
    for (size_t i = 0; i < n; i++) largest = fmax(largest, ck_exact_dot(s->keys + i * d, s->keys + i * d, d));
    for (int k = 0; k < MOST; k++) {
        float *one = room(padded * sizeof(float));
        for (size_t t = 0; t < d; t++) one[t] = normal();
        const double norm = sqrt(ck_exact_dot(one, one, d)) * (1 + 0x1p-40);
        halves[k] = (ck_half_space){
            .vector = one, .scaled = one, .d = d, .threshold = (k - 1) * norm / sqrt((double)d), .norm = norm,
            .key_norm = sqrt(largest) * (1 + 0x1p-40)};
    }
    AT_EVERY_LEVEL {
        ck_look_for_codes(&index, halves, MOST);
        for (int k = 0; k < MOST; k++) {
            for (int other = 0; other < 3; other++) {
                ck_listing lists[2];
                ck_half_space half = halves[k];
                // Later it is above what was looked for, then below; each list serves once.
                half.threshold += other == 1 ? 0.1 * half.norm : other == 2 ? -0.1 * half.norm : 0;
                if (other > 0) ck_look_for_codes(&index, halves, MOST);
                for (int alone = 0; alone < 2; alone++) {
                    ck_listing *list = lists + alone;
                    *list = (ck_listing){.scores = room((n + 1024) * 4), .ids = room((n + 1024) * 4)};
                    ck_sink sink = {.wanted = CK_WANT_LIST, .list = list};
                    half.looked = alone ? 0 : (size_t)k + 1;
                    check(ck_find_codes(&index, &half, &sink), "codes that were looked for", d, n);
                }
                // What was listed is used up; only of many groups there may have been too much to list.
                check(!looks[k].waits == (other < 2) || groups > 64, "a list that was looked for", d, n);
                check(
                    same(lists[0].ids, lists[0].count, lists[1].ids, lists[1].count, 4) &&
                        same(lists[0].scores, lists[0].count, lists[1].scores, lists[1].count, 4),
                    "codes that were looked for", d, n);
            }
        }
    }
}

static void packed_codes(size_t d, size_t n, int bits) {
    const sample s = made(d, n, d, bits == 4);
    const size_t groups = (n + CK_GROUP - 1) / CK_GROUP, stride = (d + 15) & ~(size_t)15;
    float *weights = room(stride * sizeof(float));
    for (size_t t = 0; t < d; t++) weights[t] = (float)(0.5 + uniform());
    ck_coded coded = {
        .count = n, .d = d, .bits = bits, .centre_stride = stride, .block_bytes = ck_block_bytes(d, bits),
        .codes = room(groups * 4 * ck_block_bytes(d, bits) + 64), .centres = room((groups + 16) * stride * sizeof(float)),
        .groups = room((groups + 1) * sizeof(ck_group)), .weights = weights};
    ck_key_query *query = room(sizeof *query);
    uint32_t *expected = room((n + 1024) * 4), *found = room((n + 1024) * 4);
    ck_force_level(CK_PORTABLE);
    ck_encode(&coded, s.keys, 0, groups, bits == 6 ? 0.1f : 0.34f);
    for (double t = -1; t < 4; t += 1.3) {
        size_t pruned = 0, also = 0;
        ck_force_level(CK_PORTABLE);
        ck_coded_prepare(&coded, s.q, s.norm, t * s.norm, query);
        const size_t count = ck_scan_codes(&coded, query, s.q, 0, groups, expected, &pruned);
        check(holds_members(expected, count, s.keys, d, d, n, s.q, t * s.norm * (1 + 1e-5)), "a bound of codes", d, n);
        AT_EVERY_LEVEL {
            also = 0;
            const size_t other = ck_scan_codes(&coded, query, s.q, 0, groups, found, &also);
            check(also == pruned && same(found, other, expected, count, 4), "scan of packed codes", d, n);
        }
    }
    packed_codes_together(&coded, &s);
    codes_looked_for(&coded, &s);
}

static void byte_codes(size_t d, size_t n, int32_t most) {
    const sample s = made(d, n, d, 1);
    const size_t blocks = (n + 63) / 64, groups = (d + 3) / 4;
    uint8_t *bytes = room(blocks * groups * 256 + 64);
    float *bounds = room(3 * (blocks + 1) * sizeof(float));
    ck_codes codes = {bytes, bounds, bounds + blocks, bounds + 2 * blocks, n, (int32_t)groups, most, 0};
    uint32_t *expected = room((n + 256) * 4), *found = room((n + 256) * 4), *kept = room((n + 256) * 4);
    float *dots = room((n + 256) * 4), *others = room((n + 256) * 4);
    int8_t *words = room(groups * 4);
    ck_force_level(CK_PORTABLE);
    for (size_t b = 0; b < blocks; b++)
        ck_code_block(
            s.keys + b * 64 * d, n - b * 64 < 64 ? n - b * 64 : 64, (int32_t)d, most, bytes + b * groups * 256, bounds + b,
            bounds + blocks + b, bounds + 2 * blocks + b);
    codes.longest = ck_code_longest(&codes, blocks);
    ck_coded_query query;
    ck_code_query(s.q, (int32_t)d, &codes, words, &query);
    for (double t = -1; t < 4; t += 1.3) {
        const float lower = (float)(t * s.norm);
        ck_force_level(CK_PORTABLE);
        const size_t count = ck_code_candidates(&codes, 0, blocks, &query, lower, expected);
        check(holds_members(expected, count, s.keys, d, d, n, s.q, (double)lower), "a bound of byte codes", d, n);
        memcpy(kept, expected, count * 4);
        const size_t left = ck_code_verify(s.keys, (int32_t)d, s.q, lower, kept, dots, count);
        AT_EVERY_LEVEL {
            const size_t other = ck_code_candidates(&codes, 0, blocks, &query, lower, found);
            check(same(found, other, expected, count, 4), "scan of byte codes", d, n);
            memcpy(found, expected, count * 4);
            const size_t also = ck_code_verify(s.keys, (int32_t)d, s.q, lower, found, others, count);
            int alike = same(found, also, kept, left, 4);
            for (size_t i = 0; alike && i < left; i++) alike = near((double)others[i], (double)dots[i], 1);
            check(alike, "scores of candidates", d, n);
        }
    }
}

static void boxes(size_t d, size_t n) {
    const size_t stride = (d + 15) & ~(size_t)15;
    const sample s = made(d, n, stride, 0);
    const size_t leaves = (n + CK_LEAF - 1) / CK_LEAF, nodes = (leaves + CK_LEAVES - 1) / CK_LEAVES;
    float *largest = room(d * sizeof(float));
    for (size_t j = 0; j < n; j++)
        for (size_t t = 0; t < d; t++) largest[t] = fmaxf(largest[t], fabsf(s.keys[j * stride + t]));
    const ck_boxes all = {
        .count = n, .d = d, .leaves = leaves, .nodes = nodes,
        .tops = room(((nodes + 15) / 16 * 16 * (2 * d + 1) + 16) * sizeof(float)),
        .boxes = room(nodes * ck_node_bytes(d) + 64), .box_bytes = ck_node_bytes(d),
        .codes = room(leaves * ck_leaf_bytes(d) + 64), .leaf_bytes = ck_leaf_bytes(d), .keys = s.keys, .stride = stride,
        .largest = largest};
    ck_force_level(CK_PORTABLE);
    ck_boxes_encode(&all, 0, nodes, 0.3f);
    ck_boxes_query *query = room(sizeof *query);
    // For the portable level, and another.
    uint32_t *crossed = room((nodes + 64) * 4), *some[2], *ids[2];
    float *dots = room((nodes + 64) * 4);
    int32_t *leasts[2];
    for (int i = 0; i < 2; i++) {
        some[i] = room((leaves + 64) * 4);
        leasts[i] = room((leaves + 64) * 4);
        ids[i] = room((n + 128) * 4);
    }
    for (double t = -3; t < 4; t += 1.3) {
        size_t whole[2] = {0, 0}, left[2], keys[2];
        ck_force_level(CK_PORTABLE);
        ck_boxes_prepare(&all, s.q, s.norm, t * s.norm, query);
        const size_t count = ck_boxes_nodes(&all, query, crossed, dots);
        left[0] = ck_boxes_leaves(&all, query, crossed, dots, count, some[0], leasts[0], whole);
        keys[0] = ck_boxes_keys(&all, query, some[0], leasts[0], left[0], ids[0]);
        check(holds_members(ids[0], keys[0], s.keys, stride, d, n, s.q, t * s.norm * (1 + 1e-5)), "a bound of boxes", d, n);
        AT_EVERY_LEVEL {
            whole[1] = 0;
            left[1] = ck_boxes_leaves(&all, query, crossed, dots, count, some[1], leasts[1], whole + 1);
            check(
                whole[1] == whole[0] && same(some[1], left[1], some[0], left[0], 4) &&
                    same(leasts[1], left[1], leasts[0], left[0], 4),
                "leaves of boxes", d, n);
            keys[1] = ck_boxes_keys(&all, query, some[0], leasts[0], left[0], ids[1]);
            check(same(ids[1], keys[1], ids[0], keys[0], 4), "keys of boxes", d, n);
        }
    }
}

/// The same rows in a format.
static ck_table kept(const float *rows, size_t n, size_t stride, int32_t format) {
    void *to = room((n + 64) * stride * sizeof(float));
    ck_narrow(rows, n * stride, format, to);
    return (ck_table){.base = to, .stride = stride, .format = format};
}

/// Every number that half precision can hold, widened alone, as sixteen at a time are, and narrowed back.
static void every_half(void) {
    enum { COUNT = 1 << 16 };
    for (int32_t format = CK_BF16; format <= CK_F16; format++) {
        uint16_t *halves = room(COUNT * 2 + 128), *back = room(COUNT * 2 + 128);
        float *wide = room(COUNT * 4 + 128), *dots = room(COUNT * 4 + 256), one[16] = {1};
        for (uint32_t i = 0; i < COUNT; i++) {
            const uint32_t exponent = format == CK_BF16 ? i & 0x7f80 : i & 0x7c00;
            halves[i] = exponent == (format == CK_BF16 ? 0x7f80 : 0x7c00) ? 0 : (uint16_t)i;
        }
        ck_widen(halves, format, 0, COUNT, wide);
        ck_narrow(wide, COUNT, format, back);
        check(memcmp(halves, back, COUNT * 2) == 0, "narrowing", 1, COUNT);
        for (uint32_t i = 0; i < COUNT; i += 977) {
            // By the definition of both formats.
            const uint32_t bits = halves[i], size = bits & 0x7fff;
            const double sign = bits >> 15 ? -1 : 1;
            const int mantissa = format == CK_BF16 ? 7 : 10, bias = format == CK_BF16 ? 127 : 15;
            const int exponent = (int)(size >> mantissa);
            const double part = (double)(size & ((1u << mantissa) - 1)) / (1 << mantissa);
            const double x = sign * (exponent ? ldexp(1 + part, exponent - bias) : ldexp(part, 1 - bias));
            check((double)wide[i] == x, "widening", 1, i);
        }
        const ck_table column = {.base = halves, .stride = 16, .format = format};
        const ck_rows all = {.keys = column, .values = column, .d = 16, .dv = 16};
        AT_EVERY_LEVEL {
            ck_dots(&all, 0, COUNT / 16, one, dots);
            int alike = 1;
            for (size_t i = 0; i < COUNT / 16; i++) alike &= dots[i] == wide[16 * i];
            check(alike, "widening in a register", 16, COUNT / 16);
        }
    }
}

/// Listed rows that lie one after the other are scored alike.
static void rows_side_by_side(size_t d, size_t n) {
    const sample s = made(d, n, d, 0);
    uint32_t *expected = room((n + 64) * 4), *found = room((n + 64) * 4);
    float *dots = room((n + 64) * 4), *others = room((n + 64) * 4);
    ck_force_level(CK_PORTABLE);
    for (size_t i = 0; i < n; i++) expected[i] = (uint32_t)(n - 1 - i);
    const size_t count = ck_filter_rows(ck_floats(s.keys, d), d, s.q, -INFINITY, expected, dots, n);
    check(count == n, "filter of rows side by side", d, n);
    for (size_t i = 0; i < count; i++)
        check(
            near((double)dots[i], ck_exact_dot(s.keys + expected[i] * d, s.q, d), s.norm * 8), "score of a row side by side", d, n);
    AT_EVERY_LEVEL {
        for (size_t i = 0; i < n; i++) found[i] = (uint32_t)(n - 1 - i);
        const size_t other = ck_filter_rows(ck_floats(s.keys, d), d, s.q, -INFINITY, found, others, n);
        int alike = same(found, other, expected, count, 4);
        for (size_t i = 0; alike && i < count; i++) alike = near((double)others[i], (double)dots[i], s.norm);
        check(alike, "filter of rows side by side", d, n);
    }
}

/// Rows whose scores are not within rounding of a bound are listed alike, in whatever format they are kept.
static void rows(size_t d, size_t n, int32_t format) {
    const size_t stride = (d + 15) & ~(size_t)15;
    const sample s = made(d, n, stride, 0);
    const ck_table keys = kept(s.keys, n, stride, format), values = kept(s.values, n, stride, format);
    const ck_rows all = {.keys = keys, .values = values, .d = stride, .dv = stride};
    uint32_t *expected = room((n + 64) * 4), *found = room((n + 64) * 4);
    float *dots = room((n + 128) * 4), *others = room((n + 128) * 4);
    const float lower = (float)(0.7 * s.norm);
    for (size_t first = 0; first < n; first += n / 2 + 3) {
        ck_force_level(CK_PORTABLE);
        const size_t count = ck_scan(&all, first, n, s.q, lower, expected, dots);
        AT_EVERY_LEVEL {
            const size_t other = ck_scan(&all, first, n, s.q, lower, found, others);
            int alike = same(found, other, expected, count, 4);
            for (size_t i = 0; alike && i < count; i++) alike = near((double)others[i], (double)dots[i], 1);
            check(alike, "scan", d, n);
        }
    }
    ck_force_level(CK_PORTABLE);
    for (size_t i = 0; i < n; i++) expected[i] = (uint32_t)(n - 1 - i);
    const size_t count = ck_filter_rows(keys, d, s.q, lower, expected, dots, n);
    AT_EVERY_LEVEL {
        for (size_t i = 0; i < n; i++) found[i] = (uint32_t)(n - 1 - i);
        const size_t other = ck_filter_rows(keys, d, s.q, lower, found, others, n);
        int alike = same(found, other, expected, count, 4);
        for (size_t i = 0; alike && i < count; i++) alike = near((double)others[i], (double)dots[i], 1);
        check(alike, "filter", d, n);
    }
    for (size_t i = 0; i < n; i++) {
        expected[i] = (uint32_t)(n - 1 - i);
        dots[i] = (float)uniform();
    }
    float *sums[2] = {room((stride + 16) * 4), room((stride + 16) * 4)};
    double *dense[2] = {room(stride * 8), room(stride * 8)};
    ck_force_level(CK_PORTABLE);
    ck_sum_values(values, d, expected, dots, n, sums[0]);
    ck_dense_values(&all, n, dots, dense[0]);
    AT_EVERY_LEVEL {
        memset(sums[1], 0, stride * 4);
        memset(dense[1], 0, stride * 8);
        ck_sum_values(values, d, expected, dots, n, sums[1]);
        ck_dense_values(&all, n, dots, dense[1]);
        int alike = 1;
        for (size_t t = 0; t < d; t++)
            alike &= near((double)sums[1][t], (double)sums[0][t], (double)n) && near(dense[1][t], dense[0][t], (double)n);
        check(alike, "sums of values", d, n);
    }
}

static void selection(size_t n) {
    float *x = room((n + 64) * 4), *kept[2], *listed[2];
    float *scratch = room((n + 64) * 4);
    uint32_t *ids[2], *places[2], *banded[2];
    for (size_t i = 0; i < n; i++) x[i] = floorf(8 * normal()) / 8;
    for (int i = 0; i < 2; i++) {
        kept[i] = room((n + 64) * 4);
        listed[i] = room((n + 64) * 4);
        ids[i] = room((n + 64) * 4);
        places[i] = room((n + 64) * 4);
        banded[i] = room((n + 64) * 4);
    }
    for (float low = -5; low < 5; low += 0.5f) {
        size_t keeps[2], lists[2], bands[2], above[2];
        for (int level = 0; level < CK_LEVELS; level++) {
            if (!ck_level_serves(level, ck_features())) continue;
            const int i = level > 0;
            ck_force_level(level);
            memcpy(kept[i], x, n * 4);
            for (size_t k = 0; k < n; k++) ids[i][k] = (uint32_t)(7 * k + 1);
            keeps[i] = ck_keep(ids[i], kept[i], n, low);
            check(
                same(ids[i], keeps[i], ids[0], keeps[0], 4) && same(kept[i], keeps[i], kept[0], keeps[0], 4), "keep", 1, n);
            lists[i] = ck_list(x, n, low, places[i], listed[i]);
            check(
                same(places[i], lists[i], places[0], lists[0], 4) && same(listed[i], lists[i], listed[0], lists[0], 4),
                "list", 1, n);
            bands[i] = ck_band(x, n, low, low + 0.75f, banded[i], above + i);
            check(above[i] == above[0] && same(banded[i], bands[i], banded[0], bands[0], 4), "band", 1, n);
            for (size_t r = 1; r <= n; r += n / 3 + 1) {
                const float rank = ck_rank(x, n, r, scratch);
                size_t over = 0, level_with = 0;
                for (size_t k = 0; k < n; k++) {
                    over += x[k] > rank;
                    level_with += x[k] == rank;
                }
                check(over < r && r <= over + level_with, "rank", 1, n);
            }
        }
    }
}

/// Products of quantised weights with vectors that are quantised on the way: whole numbers are summed exactly, so what levels may
/// differ by is the rounding of a few float32 sums.
static void products(size_t rows, size_t columns, int bits, int group) {
    const size_t panels = (rows + CK_PANEL - 1) / CK_PANEL, places = panels * (columns / (size_t)group) * CK_PANEL, count = 3;
    const size_t bytes = places * (size_t)(group * bits / 8);
    uint8_t *codes = room(bytes + 64);
    float *scales = room((places + 16) * 4), *offsets = room((places + 16) * 4), *x = room((count * columns + 64) * 4);
    for (size_t i = 0; i < bytes; i++) codes[i] = (uint8_t)(256 * uniform());
    for (size_t i = 0; i < places; i++) {
        scales[i] = 0.01f * normal();
        offsets[i] = 0.05f * normal();
    }
    for (size_t i = 0; i < count * columns; i++) x[i] = normal();
    x[columns + 5] = 300;
    const ck_quantised m = {
        .codes = codes, .scales = scales, .offsets = bits == 4 ? offsets : NULL, .rows = rows, .columns = columns,
        .bits = bits, .group = group};
    ck_vectors v = {
        .high = room(count * columns + 64), .low = room(count * columns + 64),
        .scales = room((count * columns / CK_WEIGHT_BLOCK + 16) * 4), .high_sums = room((count * columns / 16 + 16) * 4),
        .low_sums = room((count * columns / 16 + 16) * 4), .columns = columns};
    ck_force_level(CK_PORTABLE);
    ck_quantise(x, count, &v);
    float *expected = room((count * rows + 16) * 4), *found = room((count * rows + 16) * 4);
    ck_quantised_product(&m, &v, count, 0, panels, expected);
    AT_EVERY_LEVEL {
        memset(found, 0xff, count * rows * 4);
        for (size_t p = 0; p < panels; p++) ck_quantised_product(&m, &v, count, p, p + 1, found);
        double size = 0;
        for (size_t i = 0; i < count * rows; i++) size = fmax(size, fabs((double)expected[i]));
        int holds = 1;
        for (size_t i = 0; i < count * rows; i++)
            holds = holds && fabs((double)expected[i] - (double)found[i]) <= 2e-6 * size;
        check(holds, bits == 4 ? "product of 4 bits" : "product of 8 bits", columns, rows);
    }
}

int main(void) {
    const size_t dimensions[] = {1, 3, 4, 6, 8, 12, 15, 16, 17, 33, 64, 67, 130};
    const size_t counts[] = {1, 15, 31, 33, 64, 65, 257, 1000, 2500};
    for (size_t i = 0; i < sizeof dimensions / sizeof *dimensions; i++)
        for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
            const size_t d = dimensions[i], n = counts[k];
            packed_codes(d, n, 4);
            packed_codes(d, n, 6);
            byte_codes(d, n, CK_CODE_FINE);
            byte_codes(d, n, CK_CODE_COARSE);
            boxes(d, n);
            rows_side_by_side(d, n);
            for (int32_t format = CK_F32; format <= CK_F16; format++) rows(d, n, format);
        }
    packed_codes(4, 20000, 4);
    for (size_t rows = 1; rows < 70; rows += 13)
        for (size_t columns = 32; columns <= 608; columns += 96) {
            products(rows, columns, 4, 32);
            products(rows, columns, 8, 32);
            products(rows, columns, 8, 16);
        }
    for (size_t n = 1; n < 70; n += 3) selection(n);
    selection(5000);
    every_half();
    ck_force_level(CK_LEVELS);
    printf("%d checks up to level %s, %d failed\n", checks, ck_level_name(ck_level()), failures);
    return failures > 0;
}
