#include "scan/table.h"

#include <string.h>

#include "vector/wide.h"

static uint16_t bf16_of(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

static uint16_t f16_of(float x) {
    uint32_t bits, half;
    memcpy(&bits, &x, sizeof bits);
    const uint32_t sign = bits >> 16 & 0x8000, size = bits & 0x7fffffff;
    if (size >= 0x47800000) {
        // 2^16 and more.
        half = 0x7c00;
    } else if (size >= 0x38800000) {
        // Normal numbers: the exponent lies 112 lower, and what rounds up over the largest becomes infinite.
        half = (size - 0x38000000 + 0xfff + (size >> 13 & 1)) >> 13;
    } else {
        // Multiples of 2^-24: adding 1/2 leaves as many bits, rounded.
        float sum;
        memcpy(&sum, &size, sizeof sum);
        sum += 0.5f;
        memcpy(&half, &sum, sizeof half);
        half -= 0x3f000000;
    }
    return (uint16_t)(sign | half);
}

void ck_narrow(const float *from, size_t count, int32_t format, void *to) {
    uint16_t *halves = to;
    switch (format) {
    case CK_BF16:
        for (size_t i = 0; i < count; i++) halves[i] = bf16_of(from[i]);
        break;
    case CK_F16:
        for (size_t i = 0; i < count; i++) halves[i] = f16_of(from[i]);
        break;
    default: memcpy(to, from, count * sizeof *from);
    }
}

CK_INLINE float wide(uint16_t half, int format) {
    uint32_t bits = (uint32_t)half << 16;
    float x;
    if (format == CK_F16) {
        bits = (uint32_t)(half & 0x7fff) << 13;
        memcpy(&x, &bits, sizeof x);
        x *= 0x1p112f;
        memcpy(&bits, &x, sizeof bits);
        bits |= (uint32_t)(half & 0x8000) << 16;
    }
    memcpy(&x, &bits, sizeof x);
    return x;
}

CK_INLINE void widen(const uint16_t *from, size_t count, float *to, int format) {
    for (size_t i = 0; i < count; i++) to[i] = wide(from[i], format);
}

#define LEVEL(SUFFIX, TARGET)                                                                            \
    TARGET static void widen_##SUFFIX(const uint16_t *from, int32_t format, size_t count, float *to) {   \
        if (format == CK_BF16) widen(from, count, to, CK_BF16);                                          \
        else widen(from, count, to, CK_F16);                                                             \
    }

LEVEL(portable, )
#if defined(__x86_64__)
LEVEL(avx2, TARGET_AVX2)
LEVEL(avx512, TARGET_AVX512)
#endif

void ck_widen(const void *from, int32_t format, size_t first, size_t count, float *to) {
    if (format == CK_F32) {
        memcpy(to, (const float *)from + first, count * sizeof *to);
        return;
    }
    DISPATCH(widen, (const uint16_t *)from + first, format, count, to);
}
