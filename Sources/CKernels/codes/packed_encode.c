#include "ckernels.h"
#include "vector/f32x16.h"

#include <string.h>

/// Bounds are computed in float32 from some d operations: this much is added so that they are upper bounds.
#define ROUND_UP 1.0002f
/// More than what squares that underflow can take from a norm.
#define UNDERFLOW 1e-20f
/// Groups with entries beyond this are not coded.
#define MOST 1e15f

static size_t rows_of_group(const ck_coded *c, size_t group) {
    size_t first = group * CK_GROUP;
    size_t left = c->count - first;
    return left < CK_GROUP ? left : CK_GROUP;
}

/// The code of a scaled residual.
CK_INLINE float quantise(float x, float middle) {
    float y = floorf(x + (middle + 0.5f));
    y = y < 0 ? 0 : y;
    return y > 2 * middle ? 2 * middle : y;
}

/// Centre and root mean square (in units of the weights) of a group.
CK_INLINE float centre_group(const ck_coded *c, const float *k, size_t rows, float *centre) {
    size_t d = c->d;
    for (size_t t = 0; t < d; t++) centre[t] = 0;
    for (size_t i = 0; i < rows; i++)
        for (size_t t = 0; t < d; t++) centre[t] += k[i * d + t] / (float)rows;
    float lanes[16] = {};
    for (size_t i = 0; i < rows; i++) {
        size_t t = 0;
        for (; t + 16 <= d; t += 16)
            for (size_t l = 0; l < 16; l++) {
                float r = (k[i * d + t + l] - centre[t + l]) / c->weights[t + l];
                lanes[l] += r * r;
            }
        for (; t < d; t++) {
            float r = (k[i * d + t] - centre[t]) / c->weights[t];
            lanes[0] += r * r;
        }
    }
    double sum = 0;
    for (int l = 0; l < 16; l++) sum += lanes[l];
    return (float)sqrt(sum / (double)(rows * d));
}

/// Whether a step can be divided by without overflow; a group of equal keys has none and codes nothing.
CK_INLINE float usable(float step) { return step > 1e-30f && step < 1e30f ? step : 1; }

typedef struct {
    float error, spread, radius;
} row_bounds;

/// Codes of one row. Norms come back squared.
CK_INLINE row_bounds encode_row(
    const float *restrict k, const float *restrict centre, const float *restrict weights, size_t d, float step,
    float middle, uint8_t *restrict out) {
    const float inverse = 1 / step;
    float error = 0, spread = 0, radius = 0;
#pragma clang loop vectorize(enable)
    for (size_t t = 0; t < d; t++) {
#pragma clang fp reassociate(on) contract(fast)
        float r = k[t] - centre[t], w = weights[t];
        float code = quantise(r / w * inverse, middle);
        float left = r - step * w * (code - middle);
        error += left * left;
        spread += (code - middle) * (code - middle);
        radius += r * r;
        out[t] = (uint8_t)code;
    }
    return (row_bounds){error, spread, radius};
}

CK_INLINE float maximum(float a, float b) { return a > b ? a : b; }

/// What float32 loses in k - centre and in the code's value, as a share of the largest entries involved.
CK_INLINE float rounding(const float *k, const float *centre, size_t d) {
    float sum = 0;
    for (size_t t = 0; t < d; t++) sum += fabsf(k[t]) + fabsf(centre[t]);
    return sum * 4e-7f + UNDERFLOW;
}

/// Puts a row's codes in its block.
CK_INLINE void place(const ck_coded *c, uint8_t *block, size_t j, const uint8_t *row) {
    const size_t d = c->d, vectors = (d + 3) / 4, low_bits = c->bits == 6 ? 2 : 0;
    uint8_t *high = block + 64 * (j / 32) + j % 16 * 4, *low = block + 128 * vectors + j % 16 * 4;
    const int shift = j % 32 < 16 ? 0 : 4, low_shift = (int)(j / 16) * 2;
    for (size_t t = 0; t < d; t++) {
        high[t / 4 * 128 + t % 4] |= (uint8_t)(row[t] >> low_bits << shift);
        if (low_bits) low[t / 4 * 64 + t % 4] |= (uint8_t)((row[t] & 3) << low_shift);
    }
}

CK_INLINE float middle_of(const ck_coded *c) { return c->bits == 6 ? 31.5f : 7.5f; }

CK_INLINE void encode_groups(
    const ck_coded *c, const float *keys, size_t first_group, size_t last_group, float clip) {
    const size_t d = c->d, blocks = CK_GROUP / CK_BLOCK;
    const float middle = middle_of(c);
    uint8_t row[CK_MOST_DIMENSIONS + 64] = {0};
    for (size_t g = first_group; g < last_group; g++) {
        const size_t rows = rows_of_group(c, g);
        const float *k = keys + g * CK_GROUP * d;
        float *centre = c->centres + g * c->centre_stride;
        uint8_t *out = c->codes + g * blocks * c->block_bytes;
        memset(out, 0, blocks * c->block_bytes);
        float rms = centre_group(c, k, rows, centre), largest = 0;
        for (size_t t = 0; t < rows * d; t++) largest = maximum(largest, fabsf(k[t]));
        if (!(rms < MOST && largest < MOST)) {
            // Squares of such entries leave float32: the group is not coded, and its keys always pass.
            for (size_t t = 0; t < d; t++) centre[t] = 0;
            c->groups[g] = (ck_group){.step = 1, .error_base = CK_UNBOUNDED, .radius = CK_UNBOUNDED};
            continue;
        }
        ck_group group = {.step = usable(clip * rms), .error_base = CK_UNBOUNDED};
        float errors[CK_GROUP] = {0}, most = 0;
        for (size_t i = 0; i < rows; i++) {
            row_bounds b = encode_row(k + i * d, centre, c->weights, d, group.step, middle, row);
            float lost = rounding(k + i * d, centre, d);
            errors[i] = sqrtf(b.error) * ROUND_UP + lost;
            group.error_base = errors[i] < group.error_base ? errors[i] : group.error_base;
            most = maximum(most, errors[i]);
            group.spread = maximum(group.spread, sqrtf(b.spread) * ROUND_UP);
            group.radius = maximum(group.radius, sqrtf(b.radius) * ROUND_UP + lost);
            place(c, out + i / CK_BLOCK * c->block_bytes, i % CK_BLOCK, row);
        }
        group.error_step = (most - group.error_base) / 254;
        for (size_t i = 0; i < rows; i++) {
            float above = group.error_step > 0 ? ceilf((errors[i] - group.error_base) / group.error_step) : 0;
            uint8_t *byte = out + (i / CK_BLOCK + 1) * c->block_bytes - CK_BLOCK + i % CK_BLOCK;
            *byte = (uint8_t)(above < 254 ? above + 1 : 255);
        }
        c->groups[g] = group;
    }
}

CK_INLINE double encoding_error(
    const ck_coded *c, const float *keys, size_t first_group, size_t last_group, float clip) {
    const size_t d = c->d;
    float centre[CK_MOST_DIMENSIONS];
    uint8_t row[CK_MOST_DIMENSIONS];
    double sum = 0;
    for (size_t g = first_group; g < last_group; g++) {
        const size_t rows = rows_of_group(c, g);
        const float *k = keys + g * CK_GROUP * d;
        float step = usable(clip * centre_group(c, k, rows, centre));
        for (size_t i = 0; i < rows; i++)
            sum += sqrt((double)encode_row(k + i * d, centre, c->weights, d, step, middle_of(c), row).error);
    }
    return sum;
}

size_t ck_block_bytes(size_t d, int bits) { return (d + 3) / 4 * (bits == 6 ? 192 : 128) + CK_BLOCK; }

#define LEVEL(SUFFIX, TARGET)                                                                                      \
    TARGET static void encode_##SUFFIX(                                                                            \
        const ck_coded *c, const float *keys, size_t first_group, size_t last_group, float clip) {                 \
        encode_groups(c, keys, first_group, last_group, clip);                                                     \
    }                                                                                                              \
    TARGET static double error_##SUFFIX(                                                                           \
        const ck_coded *c, const float *keys, size_t first_group, size_t last_group, float clip) {                 \
        return encoding_error(c, keys, first_group, last_group, clip);                                             \
    }

LEVEL(portable, )
#if defined(__x86_64__)
LEVEL(avx2, TARGET_AVX2)
LEVEL(avx512, TARGET_AVX512)
#endif

void ck_encode(const ck_coded *coded, const float *keys, size_t first_group, size_t last_group, float clip) {
    DISPATCH(encode, coded, keys, first_group, last_group, clip);
}

double ck_encoding_error(const ck_coded *coded, const float *keys, size_t first_group, size_t last_group, float clip) {
    DISPATCH(error, coded, keys, first_group, last_group, clip);
}

void ck_coded_prepare(const ck_coded *coded, const float *q, double norm, double lower, ck_key_query *query) {
    const size_t d = coded->d, padded = (d + 3) & ~(size_t)3;
    double largest = 0, rest = 0;
    for (size_t t = 0; t < d; t++) {
        double p = fabs((double)q[t] * (double)coded->weights[t]);
        if (p > largest) largest = p;
    }
    // The scale is a float from here on, so that codes and bounds mean the same number.
    float scale = (float)(largest / 127);
    if (!(scale > 1e-36f)) scale = 1e-36f;
    query->sum = 0;
    for (size_t t = 0; t < d; t++) {
        double p = (double)q[t] * (double)coded->weights[t];
        double code = rint(p / (double)scale);
        code = code > 127 ? 127 : code < -127 ? -127 : code;
        query->codes[t] = (int8_t)code;
        query->sum += (int32_t)code;
        rest += (p - code * (double)scale) * (p - code * (double)scale);
    }
    for (size_t t = d; t < padded; t++) query->codes[t] = 0;
    query->scale = scale;
    query->rest = (float)(sqrt(rest) * 1.000001 + 1e-44);
    query->norm = (float)(norm * 1.000001 + 1e-44);
    query->lower = lower;
}
