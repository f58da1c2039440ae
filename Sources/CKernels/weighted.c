#include "ckernels.h"
#include "simd.h"

/// Rows summed in float32 before they are added to the float64 sums.
#define STRETCH 4096

CK_INLINE double entmax_weights(float *dots, size_t count, float top, float scale, float tau, float exponent) {
    double total = 0;
    for (size_t start = 0; start < count; start += STRETCH) {
        size_t end = start + STRETCH < count ? start + STRETCH : count;
        f16 lanes = {};
        for (size_t i = start; i < end; i += 16) {
            f16 x = SPLAT(-INFINITY);
            size_t here = end - i < 16 ? end - i : 16;
            if (here == 16) x = LOAD(dots + i);
            else __builtin_memcpy(&x, dots + i, here * sizeof(float));
            x = (x - top) * scale - tau;
            x = MAXIMUM(x, (f16){});
            f16 p = x;
            if (exponent == 2) {
                p = x * x;
            } else if (exponent != 1) {
                for (int l = 0; l < 16; l++) p[l] = x[l] > 0 ? powf(x[l], exponent) : 0;
            }
            if (here == 16) STORE(dots + i, p);
            else __builtin_memcpy(dots + i, &p, here * sizeof(float));
            lanes += p;
        }
        total += sum_lanes(&lanes);
    }
    return total;
}

CK_INLINE void dense_values(const ck_rows *rows, size_t count, const float *w, double *out) {
    size_t dv = rows->dv;
    for (size_t start = 0; start < count; start += STRETCH) {
        size_t end = start + STRETCH < count ? start + STRETCH : count;
        if (rows->value_blocks) {
            for (size_t t = 0; t < dv; t++) {
                f16 sum = {};
                // Weights past the last row are zero, and what is read there is finite.
                for (size_t i = start; i < end; i += 16)
                    sum += LOAD(rows->value_blocks + i * dv + 16 * t) * LOAD(w + i);
                out[t] += sum_lanes(&sum);
            }
            continue;
        }
        for (size_t t = 0; t < dv; t += 64) {
            f16 a = {}, b = {}, c = {}, e = {};
            const float *v = rows->values + start * dv + t;
            for (size_t i = start; i < end; i++, v += dv) {
                f16 x = SPLAT(w[i]);
                a += LOAD(v) * x;
                if (t + 16 < dv) b += LOAD(v + 16) * x;
                if (t + 32 < dv) c += LOAD(v + 32) * x;
                if (t + 48 < dv) e += LOAD(v + 48) * x;
            }
            float sum[64];
            STORE(sum, a);
            STORE(sum + 16, b);
            STORE(sum + 32, c);
            STORE(sum + 48, e);
            for (size_t l = 0; l < 64 && t + l < dv; l++) out[t + l] += sum[l];
        }
    }
}

#define LEVEL(SUFFIX, TARGET)                                                                                          \
    TARGET static double entmax_##SUFFIX(                                                                              \
        float *dots, size_t count, float top, float scale, float tau, float exponent) {                                \
        return entmax_weights(dots, count, top, scale, tau, exponent);                                                 \
    }                                                                                                                  \
    TARGET static void values_##SUFFIX(const ck_rows *rows, size_t count, const float *w, double *out) {               \
        dense_values(rows, count, w, out);                                                                             \
    }

LEVEL(portable, )
#if defined(__x86_64__)
LEVEL(avx2, TARGET_AVX2)
LEVEL(avx512, TARGET_AVX512)
#define DISPATCH(NAME, ...)                                                                                            \
    if (ck_level() >= CK_AVX512) return NAME##_avx512(__VA_ARGS__);                                                    \
    if (ck_level() == CK_AVX2) return NAME##_avx2(__VA_ARGS__);                                                        \
    return NAME##_portable(__VA_ARGS__)
#else
#define DISPATCH(NAME, ...) return NAME##_portable(__VA_ARGS__)
#endif

double ck_entmax_weights(float *dots, size_t count, float top, float scale, float tau, float exponent) {
    DISPATCH(entmax, dots, count, top, scale, tau, exponent);
}

void ck_dense_values(const ck_rows *rows, size_t count, const float *w, double *out) {
    DISPATCH(values, rows, count, w, out);
}
