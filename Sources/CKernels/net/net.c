#include "ckernels.h"
#include "machine/dispatch.h"

#include <math.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/// With p the key's projection on the axis and m its norm, the largest projection on the cap is m if the key lies in it, else
/// p cos + sqrt(m^2 - p^2) sin. The square root of a small difference errs by up to 5e-4 m in float32.
static inline __attribute__((always_inline)) int reaches(float p, float m, const ck_cap *cap) {
    const float rest = m * m - p * p;
    const float r = sqrtf(rest > 0 ? rest : 0);
    const float slack = m * (1e-5f + 2e-3f * cap->sine) + 1e-30f;
    const float bound = p >= m * (cap->cosine - 1e-5f) ? m : p * cap->cosine + r * cap->sine;
    return bound + slack >= cap->least;
}

static size_t list_portable(const float *columns, size_t stride, size_t n, int32_t d, const float *norms,
                            const ck_cap *cap, uint32_t *out) {
    size_t written = 0;
    for (size_t i = 0; i < n; i++) {
        float p = 0;
        for (int32_t t = 0; t < d; t++) p += cap->axis[t] * columns[t * stride + i];
        out[written] = (uint32_t)i;
        written += reaches(p, norms[i], cap);
    }
    return written;
}

#if defined(__x86_64__)
__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma"))) static size_t list_avx512(
    const float *columns, size_t stride, size_t n, int32_t d, const float *norms, const ck_cap *cap, uint32_t *out) {
    const __m512 cosine = _mm512_set1_ps(cap->cosine), sine = _mm512_set1_ps(cap->sine);
    const __m512 inner = _mm512_set1_ps(cap->cosine - 1e-5f), least = _mm512_set1_ps(cap->least);
    const __m512 share = _mm512_set1_ps(1e-5f + 2e-3f * cap->sine), floor = _mm512_set1_ps(1e-30f);
    __m512i ids = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    size_t written = 0;
    for (size_t i = 0; i < n; i += 16) {
        __m512 p = _mm512_setzero_ps();
        for (int32_t t = 0; t < d; t++)
            p = _mm512_fmadd_ps(_mm512_set1_ps(cap->axis[t]), _mm512_loadu_ps(columns + t * stride + i), p);
        const __m512 m = _mm512_loadu_ps(norms + i);
        const __m512 rest = _mm512_max_ps(_mm512_fnmadd_ps(p, p, _mm512_mul_ps(m, m)), _mm512_setzero_ps());
        const __m512 beside = _mm512_fmadd_ps(p, cosine, _mm512_mul_ps(_mm512_sqrt_ps(rest), sine));
        const __mmask16 within = _mm512_cmp_ps_mask(p, _mm512_mul_ps(m, inner), _CMP_GE_OQ);
        const __m512 bound = _mm512_add_ps(_mm512_mask_mov_ps(beside, within, m), _mm512_fmadd_ps(m, share, floor));
        __mmask16 keep = _mm512_cmp_ps_mask(bound, least, _CMP_GE_OQ);
        if (n - i < 16) keep &= (__mmask16)((1u << (n - i)) - 1);
        _mm512_storeu_si512(out + written, _mm512_maskz_compress_epi32(keep, ids));
        written += (size_t)__builtin_popcount(keep);
        ids = _mm512_add_epi32(ids, _mm512_set1_epi32(16));
    }
    return written;
}
#endif

size_t ck_cap_list(const float *columns, size_t stride, size_t n, int32_t d, const float *norms, const ck_cap *cap,
                   uint32_t *out) {
    DISPATCH_AVX512(list, columns, stride, n, d, norms, cap, out);
}
