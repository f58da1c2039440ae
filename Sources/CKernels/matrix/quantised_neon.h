// The product with NEON's dot product: one instruction adds four columns of four rows. Sums are those of the portable body, in the
// same order.

#include <arm_neon.h>

/// The whole sums of four rows as floats, both planes together.
TARGET_NEON CK_INLINE float32x4_t whole_neon(int32x4_t high, int32x4_t low) {
    return vfmaq_n_f32(vcvtq_f32_s32(high), vcvtq_f32_s32(low), 1 / FINE);
}

/// A panel with one vector; `sums` are rows 4 part on.
TARGET_NEON CK_INLINE void panel_neon(
    const ck_quantised *m, const ck_vectors *v, size_t i, size_t p, int bits, int group, float32x4_t sums[4]) {
    const size_t groups = m->columns / (size_t)group;
    const uint8x16_t fifteen = vdupq_n_u8(15);
    for (int part = 0; part < 4; part++) sums[part] = vdupq_n_f32(0);
    for (size_t g = 0; g < groups; g++) {
        const uint8_t *codes = m->codes + (p * groups + g) * (size_t)(CK_PANEL * group * bits / 8);
        const size_t place = (p * groups + g) * CK_PANEL, column = i * m->columns + g * (size_t)group;
        int32x4_t high[4], low[4];
        for (int part = 0; part < 4; part++) high[part] = low[part] = vdupq_n_s32(0);
#pragma clang loop unroll(full)
        for (int k = 0; k < group / 4; k++) {
            int32_t four[2];
            __builtin_memcpy(four, v->high + column + 4 * k, 4);
            __builtin_memcpy(four + 1, v->low + column + 4 * k, 4);
            const int8x16_t x = vreinterpretq_s8_s32(vdupq_n_s32(four[0])), y = vreinterpretq_s8_s32(vdupq_n_s32(four[1]));
            for (int part = 0; part < 4; part++) {
                const uint8x16_t both = vld1q_u8(codes + 64 * (bits == 4 ? k % 4 : k) + 16 * part);
                const int8x16_t code = vreinterpretq_s8_u8(
                    bits == 8 ? both : k < 4 ? vandq_u8(both, fifteen) : vshrq_n_u8(both, 4));
                high[part] = vdotq_s32(high[part], code, x);
                low[part] = vdotq_s32(low[part], code, y);
            }
        }
        const float scale = v->scales[column / CK_WEIGHT_BLOCK];
        for (int part = 0; part < 4; part++)
            sums[part] = vfmaq_f32(
                sums[part], whole_neon(high[part], low[part]), vmulq_n_f32(vld1q_f32(m->scales + place + 4 * part), scale));
        if (!m->offsets) continue;
        const int32_t *hs = v->high_sums + column / 16, *ls = v->low_sums + column / 16;
        const float sum = scale * ((float)(hs[0] + hs[1]) + (float)(ls[0] + ls[1]) * (1 / FINE));
        for (int part = 0; part < 4; part++)
            sums[part] = vfmaq_n_f32(sums[part], vld1q_f32(m->offsets + place + 4 * part), sum);
    }
}

#define PRODUCT_NEON(BITS, GROUP)                                                                                  \
    for (size_t p = first; p < last; p++)                                                                          \
        for (size_t i = 0; i < count; i++) {                                                                       \
            float32x4_t sums_[4];                                                                                  \
            float rows_[CK_PANEL];                                                                                 \
            panel_neon(m, v, i, p, BITS, GROUP, sums_);                                                            \
            for (int part_ = 0; part_ < 4; part_++) vst1q_f32(rows_ + 4 * part_, sums_[part_]);                    \
            const size_t left_ = m->rows - p * CK_PANEL;                                                           \
            for (size_t r_ = 0; r_ < CK_PANEL && r_ < left_; r_++) y[i * m->rows + p * CK_PANEL + r_] = rows_[r_]; \
        }

TARGET_NEON static void product_neon(
    const ck_quantised *m, const ck_vectors *v, size_t count, size_t first, size_t last, float *y) {
    if (m->bits == 4) {
        PRODUCT_NEON(4, 32)
    } else if (m->group == 32) {
        PRODUCT_NEON(8, 32)
    } else {
        PRODUCT_NEON(8, 16)
    }
}
