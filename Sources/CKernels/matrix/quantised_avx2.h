// The product with AVX2: pairs of columns are added in 16 bits, which 4-bit codes of a group and single pairs of 8-bit codes cannot
// overflow (8 * 2 * 15 * 127 and 2 * 128 * 127 are below 2^15), then in 32 bits.

#include <immintrin.h>

/// Four codes of a vector from column t on, for every row.
#define FOUR_AVX2(codes, t) _mm256_set1_epi32(*(const int32_avx2 *)((codes) + (t)))
typedef int32_t int32_avx2 __attribute__((aligned(1), may_alias));

/// Sums of eight rows over a group, in one plane of the vector.
TARGET_AVX2 CK_INLINE __m256 plane_avx2(const __m256i *codes, const int8_t *plane, int group, int bits) {
    const __m256i ones = _mm256_set1_epi16(1);
    __m256i sum = _mm256_setzero_si256();
#pragma clang loop unroll(full)
    for (int k = 0; k < group / 4; k++) {
        const __m256i x = FOUR_AVX2(plane, 4 * k);
        if (bits == 4)
            sum = _mm256_add_epi16(sum, _mm256_maddubs_epi16(codes[k], x));
        else
            sum = _mm256_add_epi32(
                sum, _mm256_madd_epi16(_mm256_maddubs_epi16(_mm256_abs_epi8(codes[k]), _mm256_sign_epi8(x, codes[k])), ones));
    }
    return _mm256_cvtepi32_ps(bits == 4 ? _mm256_madd_epi16(sum, ones) : sum);
}

/// Rows 8 half on of a panel with one vector.
TARGET_AVX2 CK_INLINE __m256 half_avx2(
    const ck_quantised *m, const ck_vectors *v, size_t i, size_t p, size_t half, int bits, int group) {
    const size_t groups = m->columns / (size_t)group;
    const __m256i fifteen = _mm256_set1_epi8(15);
    const __m256 fine = _mm256_set1_ps(1 / FINE);
    __m256 sum = _mm256_setzero_ps();
    for (size_t g = 0; g < groups; g++) {
        const uint8_t *at = m->codes + (p * groups + g) * (size_t)(CK_PANEL * group * bits / 8) + 32 * half;
        const size_t scales = (p * groups + g) * CK_PANEL + 8 * half, column = i * m->columns + g * (size_t)group;
        __m256i codes[8];
#pragma clang loop unroll(full)
        for (int k = 0; k < group / 4; k++) {
            const __m256i both = _mm256_loadu_si256((const __m256i *)(at + 64 * (bits == 4 ? k % 4 : k)));
            codes[k] = bits == 8 ? both : _mm256_and_si256(k < 4 ? both : _mm256_srli_epi16(both, 4), fifteen);
        }
        const __m256 high = plane_avx2(codes, v->high + column, group, bits);
        const __m256 low = plane_avx2(codes, v->low + column, group, bits);
        const float scale = v->scales[column / CK_WEIGHT_BLOCK];
        sum = _mm256_fmadd_ps(
            _mm256_fmadd_ps(low, fine, high), _mm256_mul_ps(_mm256_loadu_ps(m->scales + scales), _mm256_set1_ps(scale)), sum);
        if (bits == 4 && m->offsets) {
            const int32_t *hs = v->high_sums + column / 16, *ls = v->low_sums + column / 16;
            const float vector_sum = scale * ((float)(hs[0] + hs[1]) + (float)(ls[0] + ls[1]) * (1 / FINE));
            sum = _mm256_fmadd_ps(_mm256_loadu_ps(m->offsets + scales), _mm256_set1_ps(vector_sum), sum);
        }
    }
    return sum;
}

#define PRODUCT_AVX2(BITS, GROUP)                                                                                  \
    for (size_t p = first; p < last; p++)                                                                          \
        for (size_t i = 0; i < count; i++) {                                                                       \
            float rows_[CK_PANEL];                                                                                 \
            _mm256_storeu_ps(rows_, half_avx2(m, v, i, p, 0, BITS, GROUP));                                        \
            _mm256_storeu_ps(rows_ + 8, half_avx2(m, v, i, p, 1, BITS, GROUP));                                    \
            const size_t left = m->rows - p * CK_PANEL;                                                            \
            for (size_t r = 0; r < CK_PANEL && r < left; r++) y[i * m->rows + p * CK_PANEL + r] = rows_[r];        \
        }

TARGET_AVX2 static void product_avx2(
    const ck_quantised *m, const ck_vectors *v, size_t count, size_t first, size_t last, float *y) {
    if (m->bits == 4) {
        PRODUCT_AVX2(4, 32)
    } else if (m->group == 32) {
        PRODUCT_AVX2(8, 32)
    } else {
        PRODUCT_AVX2(8, 16)
    }
}

/// Without VNNI wider registers gain little: memory is what is waited for.
static void product_avx512(
    const ck_quantised *m, const ck_vectors *v, size_t count, size_t first, size_t last, float *y) {
    product_avx2(m, v, count, first, last, y);
}
