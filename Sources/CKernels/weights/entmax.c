#include "ckernels.h"
#include "vector/f32x16.h"
#include "vector/wide.h"

/// Rows summed in float32 before they are added to the float64 sums.
#define STRETCH 4096

/// Raises z to a natural exponent, small or known where this is inlined.
CK_INLINE void raise(f32x16 *z, int exponent) {
    const f32x16 base = *z;
    for (int e = 1; e < exponent; e++) *z *= base;
}

/// The exponent, if it is one of 1 ... 8; else 0.
static int natural(float exponent) {
    for (int e = 1; e <= 8; e++)
        if (exponent == (float)e) return e;
    return 0;
}

/// `whole` is the exponent where it is natural, else 0.
CK_INLINE double entmax_weights(
    float *dots, size_t count, float top, float scale, float tau, float exponent, int whole) {
    double total = 0;
    for (size_t start = 0; start < count; start += STRETCH) {
        size_t end = start + STRETCH < count ? start + STRETCH : count;
        f32x16 lanes = {};
        for (size_t i = start; i < end; i += 16) {
            f32x16 x = SPLAT(-INFINITY);
            size_t here = end - i < 16 ? end - i : 16;
            if (here == 16) x = LOAD(dots + i);
            else __builtin_memcpy(&x, dots + i, here * sizeof(float));
            x = (x - top) * scale - tau;
            x = MAXIMUM(x, (f32x16){});
            f32x16 p = x;
            if (whole) raise(&p, whole);
            else
                for (int l = 0; l < 16; l++) p[l] = x[l] > 0 ? powf(x[l], exponent) : 0;
            if (here == 16) STORE(dots + i, p);
            else __builtin_memcpy(dots + i, &p, here * sizeof(float));
            lanes += p;
        }
        total += sum_lanes(&lanes);
    }
    return total;
}

/// Sum of max(0, z - tau)^exponent and of its exponent - 1 powers, z = (x - top) * scale; `whole` as above.
CK_INLINE void power_sums(
    const float *x, size_t count, float top, float scale, float tau, float exponent, int whole, double *sum,
    double *slope) {
    f32x16 total = {}, below = {};
    double rest = 0, rest_below = 0;
    size_t i = 0;
    if (whole)
        for (; i + 16 <= count; i += 16) {
            f32x16 z = (LOAD(x + i) - top) * scale - tau;
            f32x16 w = MAXIMUM(z, (f32x16){});
            f32x16 p = w;
            if (whole == 1) p = (f32x16)((i32x16)SPLAT(1) & (z > 0));
            else raise(&p, whole - 1);
            total += p * w;
            below += p;
        }
    for (; i < count; i++) {
        float z = (x[i] - top) * scale - tau;
        if (!(z > 0)) continue;
        float p = exponent == 1 ? 1 : exponent == 2 ? z : powf(z, exponent - 1);
        rest += p * z;
        rest_below += p;
    }
    *sum = rest + sum_lanes(&total);
    *slope = exponent * (rest_below + sum_lanes(&below));
}

/// Keeps what is not below the cut; returns how many.
CK_INLINE size_t keep_from(float *x, size_t count, float cut) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        float v = x[i];
        x[kept] = v;
        kept += v >= cut;
    }
    return kept;
}

/// x^(1 / exponent); powers of two need no library.
CK_INLINE double root(double x, float exponent, int whole) {
    if (whole != 2 && whole != 4 && whole != 8) return pow(x, 1 / (double)exponent);
    for (; whole > 1; whole /= 2) x = sqrt(x);
    return x;
}

CK_INLINE float entmax_cut(float *x, size_t *count, float top, float start, float scale, float exponent, int whole) {
    double tau = ((double)start - top) * scale, sum, slope;
    tau = tau > -1 ? tau : -1;
    if (exponent >= 1) {
        // From the left Newton's steps on a convex falling function never cross the root. The function is the norm of exponent
        // `exponent`, which is nearly linear; the sum itself falls so steeply that each step would gain 1 / exponent.
        for (int step = 0; step < 60; step++) {
            power_sums(x, *count, top, scale, (float)tau, exponent, whole, &sum, &slope);
            const double gain = exponent == 1 ? sum - 1 : exponent * (sum - sum / root(sum, exponent, whole));
            const double next = tau + gain / slope;
            if (!(next > tau) || !(next < 0)) break;
            const int is_last = next - tau < -1e-6 * next;
            tau = next;
            if (is_last) break;
            // What lies well below a lower bound of the root is not looked at again.
            if (step == 1 && *count > 256) *count = keep_from(x, *count, (float)(top + (tau - 1e-5) / scale));
        }
    } else {
        double high = 0;
        for (int step = 0; step < 40; step++) {
            double middle = (tau + high) / 2;
            power_sums(x, *count, top, scale, (float)middle, exponent, whole, &sum, &slope);
            if (sum >= 1) tau = middle;
            else high = middle;
        }
    }
    float cut = (float)(top + tau / scale);
    *count = keep_from(x, *count, cut);
    return cut;
}

CK_INLINE void dense_values(const ck_rows *rows, size_t count, const float *w, double *out, const int format) {
    size_t dv = rows->dv;
    for (size_t start = 0; start < count; start += STRETCH) {
        size_t end = start + STRETCH < count ? start + STRETCH : count;
        if (rows->value_blocks) {
            for (size_t t = 0; t < dv; t++) {
                f32x16 sum = {};
                // Weights past the last row are zero, and what is read there is finite.
                for (size_t i = start; i < end; i += 16)
                    sum += WIDE(format, ENTRY_AT(format, rows->value_blocks, i * dv + 16 * t)) * LOAD(w + i);
                out[t] += sum_lanes(&sum);
            }
            continue;
        }
        for (size_t t = 0; t < dv; t += 64) {
            f32x16 a = {}, b = {}, c = {}, e = {};
            const char *v = ENTRY_AT(format, rows->values.base, start * dv + t);
            const size_t next = 16 * ENTRY(format);
            for (size_t i = start; i < end; i++, v += dv * ENTRY(format)) {
                f32x16 x = SPLAT(w[i]);
                a += WIDE(format, v) * x;
                if (t + 16 < dv) b += WIDE(format, v + next) * x;
                if (t + 32 < dv) c += WIDE(format, v + 2 * next) * x;
                if (t + 48 < dv) e += WIDE(format, v + 3 * next) * x;
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
        const int whole = natural(exponent);                                                                           \
        if (whole == 1) return entmax_weights(dots, count, top, scale, tau, exponent, 1);                              \
        if (whole == 2) return entmax_weights(dots, count, top, scale, tau, exponent, 2);                              \
        return entmax_weights(dots, count, top, scale, tau, exponent, whole);                                          \
    }                                                                                                                  \
    TARGET static float cut_##SUFFIX(                                                                                  \
        float *x, size_t *count, float top, float start, float scale, float exponent) {                                \
        const int whole = natural(exponent);                                                                           \
        if (whole == 1) return entmax_cut(x, count, top, start, scale, 1, 1);                                          \
        if (whole == 2) return entmax_cut(x, count, top, start, scale, 2, 2);                                          \
        return entmax_cut(x, count, top, start, scale, exponent, whole);                                               \
    }                                                                                                                  \
    TARGET static void values_##SUFFIX(const ck_rows *rows, size_t count, const float *w, double *out) {               \
        BY_FORMAT(rows->values.format, SUFFIX, dense_values(rows, count, w, out, format))                              \
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
