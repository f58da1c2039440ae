// Leaves and keys of boxes with NEON's dot product.

#include <arm_neon.h>

/// Four bytes, the first lowest.
CK_INLINE uint64_t four_bytes(const uint8_t *p) {
    uint32_t four;
    memcpy(&four, p, sizeof four);
    return four;
}

TARGET_NEON static size_t leaves_neon(
    const ck_boxes *b, const ck_boxes_query *x, const uint32_t *nodes, const float *dots, size_t count,
    uint32_t *leaves, int32_t *leasts, size_t *whole) {
    const size_t vectors = (b->d + 3) / 4;
    const float32x4_t lower = vdupq_n_f32(x->lower), upper = vdupq_n_f32(x->upper);
    const uint8x16_t sign = vdupq_n_u8(128);
    int32_t high[CK_BOXES_MOST / 4], low[CK_BOXES_MOST / 4], absolute[CK_BOXES_MOST / 4];
    memcpy(high, x->high, 4 * vectors);
    memcpy(low, x->low, 4 * vectors);
    memcpy(absolute, x->absolute, 4 * vectors);
    // Codes are taken 128 lower, which makes them signed: the sums are that much lower.
    int32_t high_sum = 0, low_sum = 0;
    for (size_t t = 0; t < 4 * vectors; t++) {
        high_sum += x->high[t];
        low_sum += x->low[t];
    }
    size_t found = 0, inside_count = 0;
    for (size_t i = 0; i < count; i++) {
        const uint8_t *box = b->boxes + nodes[i] * b->box_bytes;
        if (i + 16 < count) fetch(b->boxes + nodes[i + 16] * b->box_bytes, b->box_bytes);
        const node_bound bound = node_bound_of(x, box);
        int32x4_t coarse[4], fine[4];
        uint32x4_t half[4];
        for (int part = 0; part < 4; part++) {
            coarse[part] = vdupq_n_s32(128 * high_sum - x->sum);
            fine[part] = vdupq_n_s32(128 * low_sum);
            half[part] = vdupq_n_u32(0);
        }
        const uint8_t *at = box + CK_NODE_HEAD;
        for (size_t v = 0; v < vectors; v++, at += 128) {
            const int8x16_t y = vreinterpretq_s8_s32(vdupq_n_s32(high[v]));
            const int8x16_t z = vreinterpretq_s8_s32(vdupq_n_s32(low[v]));
            const uint8x16_t a = vreinterpretq_u8_s32(vdupq_n_s32(absolute[v]));
#pragma clang loop unroll(full)
            for (int part = 0; part < 4; part++) {
                const int8x16_t centre = vreinterpretq_s8_u8(veorq_u8(vld1q_u8(at + 16 * part), sign));
                coarse[part] = vdotq_s32(coarse[part], centre, y);
                fine[part] = vdotq_s32(fine[part], centre, z);
                half[part] = vdotq_u32(half[part], vld1q_u8(at + 64 + 16 * part), a);
            }
        }
        const size_t first = (size_t)nodes[i] * CK_LEAVES, present = smaller(CK_LEAVES, b->leaves - first);
        for (size_t part = 0; part < 4 && 4 * part < present; part++) {
#define BYTES(offset)                                                                                              \
    vcvtq_f32_u32(vmovl_u16(vget_low_u16(vmovl_u8(vcreate_u8(four_bytes(box + (offset) + 4 * part))))))
            const float32x4_t s = vcvtq_f32_s32(vaddq_s32(vshlq_n_s32(coarse[part], 7), fine[part]));
            const float32x4_t dot = vaddq_f32(vdupq_n_f32(dots[i]), vmulq_n_f32(s, bound.scale));
            const float32x4_t across = vmulq_n_f32(vcvtq_f32_s32(vreinterpretq_s32_u32(half[part])), bound.across);
            const float32x4_t ball = vmulq_n_f32(BYTES(16), bound.radius);
            const float32x4_t rest = vdupq_n_f32(bound.rest);
            const float32x4_t reach = vaddq_f32(vminq_f32(across, ball), rest);
            const uint32_t valid = present >= 4 * (part + 1) ? 0xf : (1u << (present - 4 * part)) - 1;
            const uint32_t in = valid & bits4(vcgeq_f32(vaddq_f32(dot, reach), lower));
            const uint32x4_t all = vcgeq_f32(vsubq_f32(dot, reach), upper);
            float32x4_t least = vmulq_f32(
                vsubq_f32(lower, vaddq_f32(dot, rest)), vdivq_f32(vdupq_n_f32(bound.inverse), BYTES(32)));
            least = vaddq_f32(
                vsubq_f32(least, vmulq_n_f32(BYTES(48), x->error_weight)), vdupq_n_f32(bound.offset));
            least = vsubq_f32(least, vmulq_n_f32(vabsq_f32(least), 0x1p-20f));
            least = vminq_f32(vmaxq_f32(least, vdupq_n_f32(-2e9f)), vdupq_n_f32(2e9f));
#undef BYTES
            // A leaf that is inside takes every sum.
            const int32x4_t sum = vbslq_s32(all, vdupq_n_s32(INT32_MIN), vcvtq_s32_f32(least));
            inside_count += (size_t)__builtin_popcount(in & bits4(all));
            found += compress4(
                in, counted4(first + 4 * part), vreinterpretq_f32_s32(sum), leaves + found, (float *)(leasts + found));
        }
    }
    *whole += inside_count;
    return found;
}

TARGET_NEON static size_t keys_neon(
    const ck_boxes *b, const ck_boxes_query *x, const uint32_t *leaves, const int32_t *leasts, size_t count,
    uint32_t *ids) {
    const size_t vectors = (b->d + 3) / 4;
    const uint8x16_t fifteen = vdupq_n_u8(15);
    int32_t query[CK_BOXES_MOST / 4];
    memcpy(query, x->high, 4 * vectors);
    size_t found = 0;
    fetch_leaves(b, leaves, count, vectors);
    for (size_t i = 0; i < count; i++) {
        const uint8_t *leaf = codes_of(b, leaves, i, count, vectors);
        // Keys 4 part on.
        int32x4_t sums[8];
        for (int part = 0; part < 8; part++) sums[part] = vdupq_n_s32(0);
        for (size_t v = 0; v < vectors; v++) {
            const int8x16_t y = vreinterpretq_s8_s32(vdupq_n_s32(query[v]));
#pragma clang loop unroll(full)
            for (int r = 0; r < 4; r++) {
                const uint8x16_t c = vld1q_u8(leaf + 64 * v + 16 * r);
                sums[r] = vdotq_s32(sums[r], vreinterpretq_s8_u8(vandq_u8(c, fifteen)), y);
                sums[4 + r] = vdotq_s32(sums[4 + r], vreinterpretq_s8_u8(vshrq_n_u8(c, 4)), y);
            }
        }
        const int32x4_t least = vdupq_n_s32(leasts[i]);
        uint32_t candidates = 0;
        for (int part = 0; part < 8; part++)
            candidates |= bits4(vcgeq_s32(vshlq_n_s32(sums[part], 4), least)) << (4 * part);
        const size_t first = (size_t)leaves[i] * CK_LEAF, present = b->count - first;
        if (present < CK_LEAF) candidates &= (1u << present) - 1;
        found += expand_bits(candidates, (uint32_t)first, ids + found);
    }
    return found;
}
