#include "ckernels.h"
#include "vector/exponential.h"

#include <math.h>

/// Steps of the low plane in one of the high plane.
#define FINE 254.0f

CK_INLINE void quantise(const float *x, size_t count, const ck_vectors *v) {
    const size_t blocks = count * v->columns / CK_WEIGHT_BLOCK;
    for (size_t b = 0; b < blocks; b++) {
        const float *in = x + b * CK_WEIGHT_BLOCK;
        int8_t *high = v->high + b * CK_WEIGHT_BLOCK, *low = v->low + b * CK_WEIGHT_BLOCK;
        float most = 0;
        for (int t = 0; t < CK_WEIGHT_BLOCK; t++) {
            const float size = in[t] < 0 ? -in[t] : in[t];
            most = size > most ? size : most;
        }
        const float scale = most / 127, inverse = most > 0 && scale > 0 ? 1 / scale : 0;
        v->scales[b] = scale;
        int32_t high_sum[2] = {0, 0}, low_sum[2] = {0, 0};
        for (int t = 0; t < CK_WEIGHT_BLOCK; t++) {
            const float exact = in[t] * inverse;
            // Held, so that what is not finite cannot leave the range of the conversion.
            const float held = exact > -127 ? (exact < 127 ? exact : 127) : -127;
            const float whole = rintf(held);
            const int32_t h = (int32_t)whole, l = (int32_t)rintf((held - whole) * FINE);
            high[t] = (int8_t)h;
            low[t] = (int8_t)l;
            high_sum[t / 16] += h;
            low_sum[t / 16] += l;
        }
        for (int half = 0; half < 2; half++) {
            v->high_sums[2 * b + half] = high_sum[half];
            v->low_sums[2 * b + half] = low_sum[half];
        }
    }
}

CK_INLINE void gate_floats(float *gate, const float *up, size_t count) {
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        const f32x16 x = LOAD(gate + i);
        f32x16 e;
        EXPONENTIAL(e, -x);
        STORE(gate + i, x / (e + 1) * LOAD(up + i));
    }
    for (; i < count; i++) gate[i] = gate[i] / (1 + expf(-gate[i])) * up[i];
}

/// Where a panel's codes and scales of a group begin.
CK_INLINE size_t group_bytes(const ck_quantised *m) { return (size_t)(CK_PANEL * m->group * m->bits / 8); }

/// The sum of the whole numbers of one row, in both planes at once.
CK_INLINE void row_sums(
    const ck_quantised *m, const uint8_t *codes, size_t r, const int8_t *high, const int8_t *low, int32_t *h, int32_t *l) {
    for (int t = 0; t < m->group; t++) {
        int32_t code;
        if (m->bits == 4) {
            const uint8_t byte = codes[64 * (t % 16 / 4) + 4 * r + (size_t)(t % 4)];
            code = t < 16 ? byte & 15 : byte >> 4;
        } else {
            code = (int8_t)codes[64 * (t / 4) + 4 * r + (size_t)(t % 4)];
        }
        *h += code * high[t];
        *l += code * low[t];
    }
}

static void product_portable(
    const ck_quantised *m, const ck_vectors *v, size_t count, size_t first, size_t last, float *y) {
    const size_t groups = m->columns / (size_t)m->group;
    for (size_t p = first; p < last; p++) {
        const size_t rows = m->rows - p * CK_PANEL < CK_PANEL ? m->rows - p * CK_PANEL : CK_PANEL;
        for (size_t i = 0; i < count; i++)
            for (size_t r = 0; r < rows; r++) {
                float sum = 0;
                for (size_t g = 0; g < groups; g++) {
                    const size_t column = i * m->columns + g * (size_t)m->group, at = (p * groups + g) * CK_PANEL + r;
                    int32_t h = 0, l = 0;
                    row_sums(
                        m, m->codes + (p * groups + g) * group_bytes(m), r, v->high + column, v->low + column, &h, &l);
                    const float scale = v->scales[column / CK_WEIGHT_BLOCK];
                    sum += ((float)h + (float)l * (1 / FINE)) * (m->scales[at] * scale);
                    if (m->offsets) {
                        const int32_t *hs = v->high_sums + column / 16, *ls = v->low_sums + column / 16;
                        sum += m->offsets[at] * (scale * ((float)(hs[0] + hs[1]) + (float)(ls[0] + ls[1]) * (1 / FINE)));
                    }
                }
                y[i * m->rows + p * CK_PANEL + r] = sum;
            }
    }
}

#if defined(__x86_64__)
#include "matrix/quantised_avx2.h"
#include "matrix/quantised_vnni.h"
#elif defined(__aarch64__)
#include "matrix/quantised_neon.h"
#endif

#define LEVEL(NAME, TARGET)                                                                                        \
    TARGET static void quantise_##NAME(const float *x, size_t count, const ck_vectors *v) { quantise(x, count, v); } \
    TARGET static void gate_##NAME(float *gate, const float *up, size_t count) { gate_floats(gate, up, count); }

LEVEL(portable, )
#if defined(__x86_64__)
LEVEL(avx2, TARGET_AVX2)
LEVEL(avx512, TARGET_AVX512)
#endif

void ck_quantise(const float *x, size_t count, const ck_vectors *vectors) { DISPATCH(quantise, x, count, vectors); }

void ck_quantised_product(
    const ck_quantised *matrix, const ck_vectors *vectors, size_t count, size_t first, size_t last, float *y) {
    DISPATCH_NEON(product, matrix, vectors, count, first, last, y);
    DISPATCH_VNNI(product, matrix, vectors, count, first, last, y);
}

void ck_gate(float *gate, const float *up, size_t count) { DISPATCH(gate, gate, up, count); }

void ck_multiply_floats(float *x, const float *factor, size_t count) {
    for (size_t i = 0; i < count; i++) x[i] *= factor[i];
}
