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

/// Sum of max(0, z - tau)^exponent and of its exponent - 1 powers, z = (x - top) * scale.
CK_INLINE void power_sums(
    const float *x, size_t count, float top, float scale, float tau, float exponent, double *sum, double *slope) {
    f16 total = {}, below = {};
    double rest = 0, restBelow = 0;
    size_t i = 0;
    if (exponent == 1 || exponent == 2)
        for (; i + 16 <= count; i += 16) {
            f16 z = (LOAD(x + i) - top) * scale - tau;
            f16 w = MAXIMUM(z, (f16){});
            if (exponent == 2) {
                total += w * w;
                below += w;
            } else {
                total += w;
                below += (f16)((i16x)SPLAT(1) & (z > 0));
            }
        }
    for (; i < count; i++) {
        float z = (x[i] - top) * scale - tau;
        if (!(z > 0)) continue;
        float p = exponent == 1 ? 1 : exponent == 2 ? z : powf(z, exponent - 1);
        rest += p * z;
        restBelow += p;
    }
    *sum = rest + sum_lanes(&total);
    *slope = exponent * (restBelow + sum_lanes(&below));
}

CK_INLINE float entmax_cut(float *x, size_t *count, float top, float start, float scale, float exponent) {
    double tau = ((double)start - top) * scale, sum, slope;
    tau = tau > -1 ? tau : -1;
    if (exponent >= 1) {
        // From the left Newton's steps on a convex falling function never cross the root.
        for (int step = 0; step < 60; step++) {
            power_sums(x, *count, top, scale, (float)tau, exponent, &sum, &slope);
            double next = tau + (sum - 1) / slope;
            if (!(next > tau + 1e-8) || !(next < 0)) break;
            tau = next;
        }
    } else {
        double high = 0;
        for (int step = 0; step < 40; step++) {
            double middle = (tau + high) / 2;
            power_sums(x, *count, top, scale, (float)middle, exponent, &sum, &slope);
            if (sum >= 1) tau = middle;
            else high = middle;
        }
    }
    float cut = (float)(top + tau / scale);
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++) {
        float v = x[i];
        x[kept] = v;
        kept += v >= cut;
    }
    *count = kept;
    return cut;
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
    TARGET static float cut_##SUFFIX(                                                                                  \
        float *x, size_t *count, float top, float start, float scale, float exponent) {                                \
        if (exponent == 1) return entmax_cut(x, count, top, start, scale, 1);                                          \
        if (exponent == 2) return entmax_cut(x, count, top, start, scale, 2);                                          \
        return entmax_cut(x, count, top, start, scale, exponent);                                                      \
    }                                                                                                                  \
    TARGET static void values_##SUFFIX(const ck_rows *rows, size_t count, const float *w, double *out) {               \
        dense_values(rows, count, w, out);                                                                             \
    }

LEVEL(portable, )
#if defined(__x86_64__)
LEVEL(avx2, TARGET_AVX2)
LEVEL(avx512, TARGET_AVX512)
#endif

double ck_entmax_weights(float *dots, size_t count, float top, float scale, float tau, float exponent) {
    DISPATCH(entmax, dots, count, top, scale, tau, exponent);
}

float ck_entmax_cut(float *x, size_t *count, float top, float start, float scale, float exponent) {
    DISPATCH(cut, x, count, top, start, scale, exponent);
}

void ck_dense_values(const ck_rows *rows, size_t count, const float *w, double *out) {
    DISPATCH(values, rows, count, w, out);
}
