#include "ckernels.h"
#include "vector/exponential.h"
#include "vector/wide.h"

CK_INLINE double power_weights(const float *dots, size_t count, float scale, float b, int alpha, float *weights) {
    double total = 0;
    size_t i = 0;
    while (i + 16 <= count) {
        f32x16 lanes = {};
        size_t end = count - i > 4096 ? i + 4096 : i + (count - i) / 16 * 16;
        for (; i < end; i += 16) {
            f32x16 x = LOAD(dots + i) * scale - b;
            x = MAXIMUM(x, (f32x16){});
            f32x16 p = x;
            for (int e = 1; e < alpha; e++) p *= x;
            STORE(weights + i, p);
            lanes += p;
        }
        total += sum_lanes(&lanes);
    }
    for (; i < count; i++) {
        float x = dots[i] * scale - b;
        x = x > 0 ? x : 0;
        float p = x;
        for (int e = 1; e < alpha; e++) p *= x;
        weights[i] = p;
        total += p;
    }
    return total;
}

CK_INLINE double exponential_weights(const float *dots, size_t count, float scale, float b, float *weights) {
    double total = 0;
    size_t i = 0;
    while (i + 16 <= count) {
        f32x16 lanes = {};
        size_t end = count - i > 4096 ? i + 4096 : i + (count - i) / 16 * 16;
        for (; i < end; i += 16) {
            f32x16 e;
            EXPONENTIAL(e, LOAD(dots + i) * scale - b);
            STORE(weights + i, e);
            lanes += e;
        }
        total += sum_lanes(&lanes);
    }
    for (; i < count; i++) {
        weights[i] = expf(dots[i] * scale - b);
        total += weights[i];
    }
    return total;
}

CK_INLINE float largest(const float *dots, size_t count) {
    f32x16 top = SPLAT(-INFINITY);
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        f32x16 x = LOAD(dots + i);
        top = MAXIMUM(x, top);
    }
    float most = -INFINITY;
    for (int l = 0; l < 16; l++) most = top[l] > most ? top[l] : most;
    for (; i < count; i++) most = dots[i] > most ? dots[i] : most;
    return most;
}

/// How many values ahead are fetched, of so many bytes each.
CK_INLINE size_t distance(size_t bytes) {
    size_t ahead = FETCHED_LINES * 64 / (bytes < 64 ? 64 : bytes);
    return ahead < 16 ? 16 : ahead;
}

CK_INLINE void prefetch_value(const char *v, size_t bytes) {
    for (size_t t = 0; t < bytes; t += 64) FETCH(v + t);
}

/// Sums values that fit a part of a register, two at a time.
#define SUM_SHORT(NAME, BYTES)                                                                                     \
    CK_INLINE void NAME(                                                                                           \
        const float *values, size_t stride, size_t dv, const uint32_t *ids, const float *weights, size_t count,    \
        float *out) {                                                                                              \
        typedef float part __attribute__((vector_size(BYTES)));                                                    \
        typedef float part_unaligned __attribute__((vector_size(BYTES), aligned(4), may_alias));                   \
        part a = {}, b = {};                                                                                       \
        size_t i = 0;                                                                                              \
        for (; i < count && i < FETCHED_LINES; i++) FETCH(values + ids[i] * stride);                               \
        i = 0;                                                                                                     \
        for (; i + 2 <= count; i += 2) {                                                                           \
            if (i + FETCHED_LINES < count) {                                                                       \
                FETCH(values + ids[i + FETCHED_LINES - 1] * stride);                                               \
                FETCH(values + ids[i + FETCHED_LINES] * stride);                                                   \
            }                                                                                                      \
            a += *(const part_unaligned *)(values + ids[i] * stride) * weights[i];                                 \
            b += *(const part_unaligned *)(values + ids[i + 1] * stride) * weights[i + 1];                         \
        }                                                                                                          \
        if (i < count) a += *(const part_unaligned *)(values + ids[i] * stride) * weights[i];                      \
        a += b;                                                                                                    \
        for (size_t t = 0; t < dv; t++) out[t] += a[t];                                                            \
    }

SUM_SHORT(sum_quarter, 16)
SUM_SHORT(sum_half, 32)

CK_INLINE void sum_values(
    ck_table values, size_t dv, const uint32_t *ids, const float *weights, size_t count, float *out,
    const int format) {
    if (format == CK_F32 && dv <= 4) return sum_quarter(values.base, values.stride, dv, ids, weights, count, out);
    if (format == CK_F32 && dv <= 8) return sum_half(values.base, values.stride, dv, ids, weights, count, out);
    const size_t ahead = distance(dv * ENTRY(format)), stride = values.stride * ENTRY(format), next = 16 * ENTRY(format);
    for (size_t i = 0; i < count && i < ahead; i++)
        prefetch_value((const char *)values.base + ids[i] * stride, (dv < 128 ? dv : 128) * ENTRY(format));
    for (size_t start = 0; start < dv; start += 128) {
        size_t width = dv - start < 128 ? dv - start : 128;
        float sum[128] __attribute__((aligned(64))) = {};
        const char *base = ENTRY_AT(format, values.base, start);
        if (width <= 16) {
            f32x16 a = {}, b = {};
            size_t i = 0;
            for (; i + 2 <= count; i += 2) {
                if (i + ahead + 1 < count) {
                    FETCH(base + ids[i + ahead] * stride);
                    FETCH(base + ids[i + ahead + 1] * stride);
                }
                a += WIDE(format, base + ids[i] * stride) * weights[i];
                b += WIDE(format, base + ids[i + 1] * stride) * weights[i + 1];
            }
            if (i < count) a += WIDE(format, base + ids[i] * stride) * weights[i];
            STORE(sum, a + b);
        } else if (width <= 64) {
            f32x16 a = {}, b = {}, c = {}, e = {};
            for (size_t i = 0; i < count; i++) {
                if (i + ahead < count) prefetch_value(base + ids[i + ahead] * stride, width * ENTRY(format));
                const char *v = base + ids[i] * stride;
                f32x16 w = SPLAT(weights[i]);
                a += WIDE(format, v) * w;
                b += WIDE(format, v + next) * w;
                if (width > 32) {
                    c += WIDE(format, v + 2 * next) * w;
                    if (width > 48) e += WIDE(format, v + 3 * next) * w;
                }
            }
            STORE(sum, a);
            STORE(sum + 16, b);
            STORE(sum + 32, c);
            STORE(sum + 48, e);
        } else {
            for (size_t i = 0; i < count; i++) {
                if (i + ahead < count) prefetch_value(base + ids[i + ahead] * stride, width * ENTRY(format));
                const char *v = base + ids[i] * stride;
                f32x16 w = SPLAT(weights[i]);
                for (size_t t = 0; t < width; t += 16)
                    STORE(sum + t, LOAD(sum + t) + WIDE(format, ENTRY_AT(format, v, t)) * w);
            }
        }
        for (size_t t = 0; t < width; t++) out[start + t] += sum[t];
    }
}

#define LEVEL(SUFFIX, TARGET)                                                                                      \
    TARGET static double power_##SUFFIX(                                                                           \
        const float *dots, size_t count, float scale, float b, int alpha, float *weights) {                        \
        switch (alpha) {                                                                                           \
        case 1: return power_weights(dots, count, scale, b, 1, weights);                                           \
        case 2: return power_weights(dots, count, scale, b, 2, weights);                                           \
        default: return power_weights(dots, count, scale, b, alpha, weights);                                      \
        }                                                                                                          \
    }                                                                                                              \
    TARGET static double exponential_##SUFFIX(                                                                     \
        const float *dots, size_t count, float scale, float b, float *weights) {                                   \
        return exponential_weights(dots, count, scale, b, weights);                                                \
    }                                                                                                              \
    TARGET static float largest_##SUFFIX(const float *dots, size_t count) { return largest(dots, count); }         \
    TARGET static void values_##SUFFIX(                                                                            \
        ck_table values, size_t dv, const uint32_t *ids, const float *weights, size_t count, float *out) {         \
        BY_FORMAT(values.format, SUFFIX, sum_values(values, dv, ids, weights, count, out, format))                 \
    }

LEVEL(portable, )
#if defined(__x86_64__)
LEVEL(avx2, TARGET_AVX2)
LEVEL(avx512, TARGET_AVX512)
#endif

double ck_power_weights(const float *dots, size_t count, float scale, float b, int alpha, float *weights) {
    DISPATCH(power, dots, count, scale, b, alpha, weights);
}

double ck_exponential_weights(const float *dots, size_t count, float scale, float b, float *weights) {
    DISPATCH(exponential, dots, count, scale, b, weights);
}

float ck_largest(const float *dots, size_t count) { DISPATCH(largest, dots, count); }

void ck_sum_values(
    ck_table values, size_t dv, const uint32_t *ids, const float *weights, size_t count, float *out) {
    DISPATCH(values, values, dv, ids, weights, count, out);
}
