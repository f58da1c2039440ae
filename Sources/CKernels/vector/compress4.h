// Compressing four 32-bit lanes with NEON, which has no instruction for it: a permutation of bytes by table.
#ifndef CK_COMPRESS4_H
#define CK_COMPRESS4_H

#if defined(__aarch64__)

#include <arm_neon.h>
#include <stddef.h>
#include <stdint.h>

#include "machine/dispatch.h"

#define LANE(l) 4 * (l), 4 * (l) + 1, 4 * (l) + 2, 4 * (l) + 3

/// For each mask of four bits the bytes of its lanes, ascending; what follows them is lane 0.
static const uint8_t ck_compress4_table[16][16] = {
    {LANE(0), LANE(0), LANE(0), LANE(0)}, {LANE(0), LANE(0), LANE(0), LANE(0)}, {LANE(1), LANE(0), LANE(0), LANE(0)},
    {LANE(0), LANE(1), LANE(0), LANE(0)}, {LANE(2), LANE(0), LANE(0), LANE(0)}, {LANE(0), LANE(2), LANE(0), LANE(0)},
    {LANE(1), LANE(2), LANE(0), LANE(0)}, {LANE(0), LANE(1), LANE(2), LANE(0)}, {LANE(3), LANE(0), LANE(0), LANE(0)},
    {LANE(0), LANE(3), LANE(0), LANE(0)}, {LANE(1), LANE(3), LANE(0), LANE(0)}, {LANE(0), LANE(1), LANE(3), LANE(0)},
    {LANE(2), LANE(3), LANE(0), LANE(0)}, {LANE(0), LANE(2), LANE(3), LANE(0)}, {LANE(1), LANE(2), LANE(3), LANE(0)},
    {LANE(0), LANE(1), LANE(2), LANE(3)},
};

#undef LANE

/// Bit l is set where lane l of a comparison holds.
CK_INLINE uint32_t bits4(uint32x4_t lanes) {
    const uint32x4_t bits = {1, 2, 4, 8};
    return vaddvq_u32(vandq_u32(lanes, bits));
}

/// Moves the lanes of a mask to the front.
CK_INLINE uint32x4_t compressed4(uint32_t mask, uint32x4_t x) {
    return vreinterpretq_u32_u8(vqtbl1q_u8(vreinterpretq_u8_u32(x), vld1q_u8(ck_compress4_table[mask])));
}

/// Writes the lanes of `ids` and `x` in a mask, then as many of no meaning as four leave room for; returns how many.
CK_INLINE size_t compress4(uint32_t mask, uint32x4_t ids, float32x4_t x, uint32_t *kept_ids, float *kept) {
    vst1q_u32(kept_ids, compressed4(mask, ids));
    vst1q_f32(kept, vreinterpretq_f32_u32(compressed4(mask, vreinterpretq_u32_f32(x))));
    return (size_t)__builtin_popcount(mask);
}

/// first, first + 1, first + 2, first + 3.
CK_INLINE uint32x4_t counted4(size_t first) {
    const uint32x4_t lanes = {0, 1, 2, 3};
    return vaddq_u32(lanes, vdupq_n_u32((uint32_t)first));
}

#endif

#endif
