#include "ckernels.h"
#include "vector/f32x16.h"

#include <string.h>

/// Norms are summed in float32 from some d operations: this much is added so that they are upper bounds.
#define ROUND_UP 1.0002f
/// More than what squares that underflow can take from a norm.
#define UNDERFLOW 1e-20f

CK_INLINE float maximum(float a, float b) { return a > b ? a : b; }
CK_INLINE float minimum(float a, float b) { return a < b ? a : b; }

/// A step that can be divided by without overflow: keys that are equal have none.
CK_INLINE float usable(float step) { return step > 1e-30f ? step : 1e-30f; }

typedef struct {
    float low[CK_BOXES_MOST], high[CK_BOXES_MOST];
} extent;

CK_INLINE void extend(extent *e, const float *low, const float *high, size_t d) {
    for (size_t t = 0; t < d; t++) {
        e->low[t] = minimum(e->low[t], low[t]);
        e->high[t] = maximum(e->high[t], high[t]);
    }
}

CK_INLINE void empty(extent *e, size_t d) {
    for (size_t t = 0; t < d; t++) {
        e->low[t] = INFINITY;
        e->high[t] = -INFINITY;
    }
}

CK_INLINE float squared_distance(const float *restrict k, const float *restrict c, size_t d) {
    float sum = 0;
#pragma clang loop vectorize(enable)
    for (size_t t = 0; t < d; t++) {
#pragma clang fp reassociate(on) contract(fast)
        float r = k[t] - c[t];
        sum += r * r;
    }
    return sum;
}

/// What float32 loses in a difference of a key and a centre, as a bound of its norm.
CK_INLINE float lost(const float *restrict k, const float *restrict c, size_t d) {
    float sum = 0;
#pragma clang loop vectorize(enable)
    for (size_t t = 0; t < d; t++) {
#pragma clang fp reassociate(on)
        sum += fabsf(k[t]) + fabsf(c[t]);
    }
    return sum * 4e-7f + UNDERFLOW;
}

/// Codes of one key; the norm of its error.
CK_INLINE float encode_key(
    const float *restrict k, const float *restrict centre, size_t d, float step, uint8_t *restrict out, float *spread) {
    const float inverse = 1 / step;
    float error = 0, square = 0;
#pragma clang loop vectorize(enable)
    for (size_t t = 0; t < d; t++) {
#pragma clang fp reassociate(on) contract(fast)
        float r = k[t] - centre[t];
        float code = floorf(r * inverse + 8);
        code = code < 0 ? 0 : code;
        code = code > 15 ? 15 : code;
        float left = r - step * (code - 7.5f);
        error += left * left;
        square += (code - 7.5f) * (code - 7.5f);
        out[t] = (uint8_t)code;
    }
    *spread = maximum(*spread, sqrtf(square) * ROUND_UP);
    return sqrtf(error) * ROUND_UP + lost(k, centre, d);
}

/// The step of a leaf's codes: some times the root mean square of what its centre leaves.
CK_INLINE float leaf_step(const ck_boxes *b, const float *k, size_t rows, const float *centre, float step) {
    double sum = 0;
    for (size_t j = 0; j < rows; j++) sum += (double)squared_distance(k + j * b->stride, centre, b->d);
    // A step within what float32 loses anyway would be made longer again and again.
    return usable(maximum(step * (float)sqrt(sum / (double)(rows * b->d)), lost(k, centre, b->d)));
}

/// What the codes of a leaf's keys need to be read.
typedef struct {
    float error, spread;
} leaf_error;

/// Codes the keys of a leaf.
CK_INLINE leaf_error encode_leaf(
    const ck_boxes *b, const float *k, size_t rows, const float *centre, float step, uint8_t *out) {
    const size_t d = b->d;
    uint8_t row[CK_BOXES_MOST] = {0};
    leaf_error most = {0, 0};
    memset(out, 0, b->leaf_bytes);
    for (size_t j = 0; j < rows; j++) {
        most.error = maximum(most.error, encode_key(k + j * b->stride, centre, d, step, row, &most.spread));
        uint8_t *codes = out + j % 16 * 4;
        const int shift = j < 16 ? 0 : 4;
        for (size_t t = 0; t < d; t++) codes[t / 4 * 64 + t % 4] |= (uint8_t)(row[t] << shift);
    }
    return most;
}

/// Codes the keys of a node's leaves, whose steps are multiples of a step of the node's.
CK_INLINE void encode_keys(
    const ck_boxes *b, size_t from, size_t count, const float *steps, float (*centres)[CK_BOXES_MOST], uint8_t *out) {
    float longest = 0, head[2] = {0, 0};
    for (size_t l = 0; l < count; l++) longest = maximum(longest, steps[l]);
    head[0] = usable(longest / 127);
    for (size_t l = 0; l < count; l++) {
        const size_t slot = (from + l) * CK_LEAF, rows = b->count - slot < CK_LEAF ? b->count - slot : CK_LEAF;
        float code = ceilf(steps[l] / head[0]);
        code = code < 1 ? 1 : code > 255 ? 255 : code;
        // Where one key stands far from the others its error may be more than a byte holds: the step is made longer.
        for (;;) {
            const float step = head[0] * code;
            const leaf_error made = encode_leaf(
                b, b->keys + slot * b->stride, rows, centres[l], step, b->codes + (from + l) * b->leaf_bytes);
            const float byte = ceilf(made.error / step * (CK_ERROR_UNITS * 1.00001f));
            head[1] = maximum(head[1], made.spread);
            out[32 + l] = (uint8_t)code;
            out[48 + l] = (uint8_t)(byte < 255 ? byte : 255);
            if (byte <= 255) break;
            if (code < 255) {
                code = minimum(2 * code, 255);
            } else {
                // Not even the longest: every step of the node is made longer.
                head[0] *= 2;
                head[1] = 0;
                l = (size_t)-1;
                break;
            }
        }
    }
    memcpy(out + 8, head, sizeof head);
}

/// The middle of an extent and what surely reaches from it to both ends.
CK_INLINE void middle(const extent *e, size_t t, float *centre, float *half) {
    const double low = (double)e->low[t], high = (double)e->high[t];
    *centre = (float)(0.5 * (low + high));
    *half = ck_rounded_up(fmax(high - (double)*centre, (double)*centre - low));
}

/// Codes the boxes of a node's leaves; `centres` receives the leaves' centres as coded.
CK_INLINE void encode_boxes(
    const ck_boxes *b, const extent *leaves, const float *radii, size_t count, const float *centre, float step,
    float (*centres)[CK_BOXES_MOST], uint8_t *out) {
    const size_t d = b->d;
    float largest = 0, head[2];
    for (size_t l = 0; l < count; l++) largest = maximum(largest, radii[l]);
    head[0] = step;
    head[1] = largest / 254;
    memcpy(out, head, sizeof head);
    for (size_t l = 0; l < count; l++) {
        float code = head[1] > 0 ? ceilf(radii[l] / head[1]) + 1 : 255;
        out[16 + l] = (uint8_t)(code < 255 ? code : 255);
        for (size_t t = 0; t < d; t++) {
            uint8_t *at = out + CK_NODE_HEAD + t / 4 * 128 + 4 * l + t % 4;
            const double c = (double)centres[l][t] - (double)centre[t];
            const double position = rint(c / (double)step) + 128;
            at[0] = (uint8_t)(position < 0 ? 0 : position > 255 ? 255 : position);
            const double coded = (double)centre[t] + (double)step * (at[0] - 128.0);
            const double half = fmax((double)leaves[l].high[t] - coded, coded - (double)leaves[l].low[t]);
            const double width = half > 0 ? ceil(half / (double)step * 1.000001 + 1e-6) : 0;
            at[64] = (uint8_t)(width > 255 ? 255 : width);
        }
    }
}

/// Where a leaf's centre comes to stand once it is coded.
CK_INLINE float coded_centre(float leaf, float node, float step) {
    const double position = rint(((double)leaf - (double)node) / (double)step);
    const double kept = position < -128 ? -128 : position > 127 ? 127 : position;
    return (float)((double)node + (double)step * kept);
}

CK_INLINE double encode_nodes(const ck_boxes *b, size_t first, size_t last, float clip, int writes) {
    const size_t d = b->d;
    double total = 0;
    extent leaves[CK_LEAVES], whole;
    float centres[CK_LEAVES][CK_BOXES_MOST], centre[CK_BOXES_MOST], radii[CK_LEAVES], steps[CK_LEAVES];
    for (size_t node = first; node < last; node++) {
        const size_t from = node * CK_LEAVES;
        const size_t count = b->leaves - from < CK_LEAVES ? b->leaves - from : CK_LEAVES;
        float *top = b->tops + node / 16 * (2 * d + 1) * 16 + node % 16;
        empty(&whole, d);
        for (size_t l = 0; l < count; l++) {
            const size_t slot = (from + l) * CK_LEAF;
            const size_t rows = b->count - slot < CK_LEAF ? b->count - slot : CK_LEAF;
            empty(leaves + l, d);
            for (size_t j = 0; j < rows; j++) {
                const float *k = b->keys + (slot + j) * b->stride;
                extend(leaves + l, k, k, d);
            }
            extend(&whole, leaves[l].low, leaves[l].high, d);
        }
        float most = 0;
        for (size_t t = 0; t < d; t++) {
            float half, leaf_half;
            middle(&whole, t, centre + t, &half);
            if (writes) {
                top[t * 16] = centre[t];
                top[(d + t) * 16] = half;
            }
            for (size_t l = 0; l < count; l++) {
                middle(leaves + l, t, &centres[l][t], &leaf_half);
                most = maximum(most, maximum(fabsf(centres[l][t] - centre[t]), leaf_half));
            }
        }
        const float step = usable(most / 126);
        float reach = 0;
        for (size_t l = 0; l < count; l++) {
            const size_t slot = (from + l) * CK_LEAF;
            const size_t rows = b->count - slot < CK_LEAF ? b->count - slot : CK_LEAF;
            const float *k = b->keys + slot * b->stride;
            for (size_t t = 0; t < d; t++) centres[l][t] = coded_centre(centres[l][t], centre[t], step);
            radii[l] = 0;
            for (size_t j = 0; j < rows; j++) {
                const float *key = k + j * b->stride;
                radii[l] = maximum(
                    radii[l], sqrtf(squared_distance(key, centres[l], d)) * ROUND_UP + lost(key, centres[l], d));
                reach = maximum(reach, sqrtf(squared_distance(key, centre, d)) * ROUND_UP + lost(key, centre, d));
            }
            steps[l] = leaf_step(b, k, rows, centres[l], clip);
            if (!writes) {
                uint8_t row[CK_BOXES_MOST];
                float spread = 0, error = 0;
                for (size_t j = 0; j < rows; j++)
                    error = maximum(error, encode_key(k + j * b->stride, centres[l], d, steps[l], row, &spread));
                total += (double)error;
            }
        }
        if (writes) {
            top[2 * d * 16] = reach;
            uint8_t *out = b->boxes + node * b->box_bytes;
            memset(out, 0, b->box_bytes);
            encode_boxes(b, leaves, radii, count, centre, step, centres, out);
            encode_keys(b, from, count, steps, centres, out);
        }
    }
    return total;
}

size_t ck_node_bytes(size_t d) { return CK_NODE_HEAD + (d + 3) / 4 * 128; }
size_t ck_leaf_bytes(size_t d) { return (d + 3) / 4 * 64; }

#define LEVEL(SUFFIX, TARGET)                                                                                      \
    TARGET static double encode_##SUFFIX(const ck_boxes *b, size_t first, size_t last, float clip, int writes) {   \
        return encode_nodes(b, first, last, clip, writes);                                                         \
    }

LEVEL(portable, )
#if defined(__x86_64__)
LEVEL(avx2, TARGET_AVX2)
LEVEL(avx512, TARGET_AVX512)
#endif

static double encode(const ck_boxes *b, size_t first, size_t last, float clip, int writes) {
    DISPATCH(encode, b, first, last, clip, writes);
}

void ck_boxes_encode(const ck_boxes *boxes, size_t first, size_t last, float step) {
    encode(boxes, first, last, step, 1);
}

double ck_boxes_error(const ck_boxes *boxes, size_t first, size_t last, float step) {
    return encode(boxes, first, last, step, 0);
}

void ck_boxes_prepare(const ck_boxes *boxes, const float *q, double norm, double threshold, ck_boxes_query *query) {
    const size_t d = boxes->d, padded = (d + 3) & ~(size_t)3;
    double largest = 0, reach = 0, rest = 0, high_rest = 0;
    for (size_t t = 0; t < d; t++) {
        largest = fmax(largest, fabs((double)q[t]));
        reach += fabs((double)q[t]) * (double)boxes->largest[t];
    }
    // Units are floats from here on, so that codes and bounds mean the same numbers.
    query->unit = fmaxf((float)(largest / 16200), 1e-36f);
    query->absolute_unit = fmaxf((float)(largest / 126), 1e-36f);
    query->sum = query->high_sum = 0;
    for (size_t t = 0; t < padded; t++) {
        const double x = t < d ? (double)q[t] : 0;
        const int32_t code = (int32_t)rint(x / (double)query->unit), high = (code + 64) >> 7;
        query->q[t] = (float)x;
        query->magnitude[t] = fabsf((float)x);
        query->high[t] = (int8_t)high;
        query->low[t] = (int8_t)(code - 128 * high);
        query->absolute[t] = (int8_t)ceil(fabs(x) / (double)query->absolute_unit);
        query->sum += code;
        query->high_sum += high;
        rest += fabs(x - (double)query->unit * code);
        const double left = x - (double)query->unit * 128 * high;
        high_rest += left * left;
    }
    query->rest = (float)(rest * 1.00001 + 1e-44);
    query->high_rest = (float)(sqrt(high_rest) * 1.00001 + 1e-44);
    query->norm = (float)(norm * 1.000001 + 1e-44);
    // Sums of codes are compared 16 times as large as they are: that is where the high halves of bytes stand.
    query->code_unit = query->unit * 8;
    query->spread_weight = query->high_rest / query->code_unit * 1.00001f;
    query->error_weight = query->norm / (query->code_unit * CK_ERROR_UNITS) * 1.00001f;
    query->middle_sum = 16 * 7.5f * (float)query->high_sum;
    // Bounds are summed in float32 from terms that are in all at most a few times `reach`.
    const double slack = (double)(4 * d + 64) * (0x1p-22 * reach + 0x1p-140);
    query->lower = ck_rounded_down(threshold - slack);
    query->upper = ck_rounded_up(threshold + slack);
}
