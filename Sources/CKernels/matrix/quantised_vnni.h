// The product with VNNI: one instruction adds four columns of 16 rows; a panel's codes of a group are read once for several vectors.

#include <immintrin.h>

/// A vector's four codes from column t on, for every row.
#define FOUR(codes, t) _mm512_set1_epi32(*(const int32_t_unaligned *)((codes) + (t)))
typedef int32_t int32_t_unaligned __attribute__((aligned(1), may_alias));

/// Adds one group of a panel for vector i to its sum. Signed codes were moved up by 128, which the sums take back.
TARGET_VNNI CK_INLINE __m512 add_group_vnni(
    __m512 sum, const __m512i *codes, const ck_vectors *v, size_t column, int group, int moved, __m512 scales,
    const float *offsets) {
    const int8_t *high = v->high + column, *low = v->low + column;
    const int32_t *hs = v->high_sums + column / 16, *ls = v->low_sums + column / 16;
    const int32_t high_sum = group == 32 ? hs[0] + hs[1] : hs[0], low_sum = group == 32 ? ls[0] + ls[1] : ls[0];
    __m512i h = _mm512_set1_epi32(moved ? -128 * high_sum : 0), l = _mm512_set1_epi32(moved ? -128 * low_sum : 0);
#pragma clang loop unroll(full)
    for (int k = 0; k < group / 4; k++) {
        h = _mm512_dpbusd_epi32(h, codes[k], FOUR(high, 4 * k));
        l = _mm512_dpbusd_epi32(l, codes[k], FOUR(low, 4 * k));
    }
    const __m512 scale = _mm512_set1_ps(v->scales[column / CK_WEIGHT_BLOCK]);
    const __m512 fine = _mm512_set1_ps(1 / FINE);
    const __m512 whole = _mm512_fmadd_ps(_mm512_cvtepi32_ps(l), fine, _mm512_cvtepi32_ps(h));
    sum = _mm512_fmadd_ps(whole, _mm512_mul_ps(scales, scale), sum);
    if (offsets) {
        const float vector_sum = v->scales[column / CK_WEIGHT_BLOCK] * ((float)high_sum + (float)low_sum * (1 / FINE));
        sum = _mm512_fmadd_ps(_mm512_loadu_ps(offsets), _mm512_set1_ps(vector_sum), sum);
    }
    return sum;
}

/// A panel with `VECTORS` vectors from number i on.
#define PANEL_VNNI(VECTORS, BITS, GROUP)                                                                           \
    do {                                                                                                           \
        __m512 sum_[VECTORS];                                                                                      \
        for (int v_ = 0; v_ < VECTORS; v_++) sum_[v_] = _mm512_setzero_ps();                                       \
        for (size_t g_ = 0; g_ < groups; g_++) {                                                                   \
            const uint8_t *at_ = m->codes + (p * groups + g_) * (CK_PANEL * (GROUP) * (BITS) / 8);                 \
            const size_t scales_ = (p * groups + g_) * CK_PANEL;                                                   \
            __m512i codes_[(GROUP) / 4];                                                                           \
            for (int k_ = 0; k_ < (GROUP) / 4; k_++) {                                                             \
                if ((BITS) == 4) {                                                                                 \
                    const __m512i both_ = _mm512_loadu_si512(at_ + 64 * (k_ % 4));                                 \
                    codes_[k_] = _mm512_and_si512(k_ < 4 ? both_ : _mm512_srli_epi16(both_, 4), fifteen);          \
                } else {                                                                                           \
                    codes_[k_] = _mm512_xor_si512(_mm512_loadu_si512(at_ + 64 * k_), moved);                       \
                }                                                                                                  \
            }                                                                                                      \
            const __m512 scale_ = _mm512_loadu_ps(m->scales + scales_);                                            \
            const float *offsets_ = (BITS) == 4 && m->offsets ? m->offsets + scales_ : NULL;                       \
            for (int v_ = 0; v_ < VECTORS; v_++)                                                                   \
                sum_[v_] = add_group_vnni(                                                                         \
                    sum_[v_], codes_, v, (i + (size_t)v_) * m->columns + g_ * (GROUP), GROUP, (BITS) == 8, scale_, \
                    offsets_);                                                                                     \
        }                                                                                                          \
        for (int v_ = 0; v_ < VECTORS; v_++)                                                                       \
            _mm512_mask_storeu_ps(y + (i + (size_t)v_) * m->rows + p * CK_PANEL, there, sum_[v_]);                 \
    } while (0)

#define PRODUCT_VNNI(BITS, GROUP)                                                                                  \
    for (size_t p = first; p < last; p++) {                                                                        \
        const size_t left = m->rows - p * CK_PANEL;                                                                \
        const __mmask16 there = left >= CK_PANEL ? 0xFFFF : (__mmask16)((1u << left) - 1);                         \
        size_t i = 0;                                                                                              \
        for (; i + 8 <= count; i += 8) PANEL_VNNI(8, BITS, GROUP);                                                 \
        for (; i < count; i++) PANEL_VNNI(1, BITS, GROUP);                                                         \
    }

TARGET_VNNI static void product_vnni(
    const ck_quantised *m, const ck_vectors *v, size_t count, size_t first, size_t last, float *y) {
    const size_t groups = m->columns / (size_t)m->group;
    const __m512i fifteen = _mm512_set1_epi8(15), moved = _mm512_set1_epi8((char)0x80);
    if (m->bits == 4) {
        PRODUCT_VNNI(4, 32)
    } else if (m->group == 32) {
        PRODUCT_VNNI(8, 32)
    } else {
        PRODUCT_VNNI(8, 16)
    }
}
