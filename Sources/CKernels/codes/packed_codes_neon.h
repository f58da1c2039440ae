// The scan of packed codes with NEON's dot product: fields of a byte, which are no negative numbers of 8 bits, against the
// query, four keys of four dimensions an instruction.

#include <arm_neon.h>

TARGET_NEON static size_t scan_neon(
    const ck_coded *c, const ck_key_query *x, const float *q, size_t first_group, size_t last_group, uint32_t *ids,
    size_t *pruned) {
    const size_t vectors = (c->d + 3) / 4;
    const uint8x16_t fifteen = vdupq_n_u8(15), three = vdupq_n_u8(3);
    int32_t query[CK_MOST_DIMENSIONS / 4];
    __builtin_memcpy(query, x->codes, vectors * 4);
    size_t found = 0;
    float base[32];
    for (size_t g = first_group; g < last_group; g++) {
        if ((g - first_group) % 16 == 0) bases(c, q, g, g + 16 < last_group ? g + 16 : last_group, base);
        const group_bound bound = bound_of(c, x, c->groups + g, base[(g - first_group) % 16]);
        if (bound.outside) {
            ++*pruned;
            continue;
        }
        const int32x4_t least = vdupq_n_s32(bound.least);
        for (size_t block = g * BLOCKS; block < (g + 1) * BLOCKS && block * CK_BLOCK < c->count; block++) {
            const uint8_t *codes = c->codes + block * c->block_bytes;
            const uint8_t *errors = codes + c->block_bytes - CK_BLOCK;
            // Keys 4 part on.
            int32x4_t sums[16];
            for (int part = 0; part < 16; part++) sums[part] = vdupq_n_s32(0);
#define ADD(part, field) sums[part] = vdotq_s32(sums[part], vreinterpretq_s8_u8(field), y)
            for (size_t v = 0; v < vectors; v++, codes += 128) {
                const int8x16_t y = vreinterpretq_s8_s32(vdupq_n_s32(query[v]));
#pragma clang loop unroll(full)
                for (int r = 0; r < 8; r++) {
                    const uint8x16_t bytes = vld1q_u8(codes + 16 * r);
                    ADD(8 * (r / 4) + r % 4, vandq_u8(bytes, fifteen));
                    ADD(8 * (r / 4) + r % 4 + 4, vshrq_n_u8(bytes, 4));
                }
            }
            if (c->bits == 6) {
                for (int part = 0; part < 16; part++) sums[part] = vshlq_n_s32(sums[part], 2);
                for (size_t v = 0; v < vectors; v++, codes += 64) {
                    const int8x16_t y = vreinterpretq_s8_s32(vdupq_n_s32(query[v]));
#pragma clang loop unroll(full)
                    for (int r = 0; r < 4; r++) {
                        const uint8x16_t bytes = vld1q_u8(codes + 16 * r);
                        ADD(r, vandq_u8(bytes, three));
                        ADD(4 + r, vandq_u8(vshrq_n_u8(bytes, 2), three));
                        ADD(8 + r, vandq_u8(vshrq_n_u8(bytes, 4), three));
                        ADD(12 + r, vshrq_n_u8(bytes, 6));
                    }
                }
            }
#undef ADD
            uint64_t candidates = 0;
            for (int part = 0; part < 16; part++) {
                uint32_t four;
                __builtin_memcpy(&four, errors + 4 * part, sizeof four);
                const uint16x8_t wide = vmovl_u8(vcreate_u8(four));
                const int32x4_t error = vreinterpretq_s32_u32(vmovl_u16(vget_low_u16(wide)));
                const int32x4_t reach = vmlaq_n_s32(vshlq_n_s32(sums[part], 4), error, bound.slope);
                candidates |= (uint64_t)bits4(vcgeq_s32(reach, least)) << (4 * part);
            }
            const size_t first = block * CK_BLOCK, present = c->count - first;
            if (present < CK_BLOCK) candidates &= ((uint64_t)1 << present) - 1;
            found += expand_bits(candidates, (uint32_t)first, ids + found);
        }
    }
    return found;
}
