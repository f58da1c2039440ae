// Listing the set bits of a mask.
#ifndef CK_EXPAND_BITS_H
#define CK_EXPAND_BITS_H

#include <stddef.h>
#include <stdint.h>

#include "machine/dispatch.h"

/// Writes first + i for every set bit i, ascending; room for 4 more than are set. Returns how many. Four are written at a time
/// whether there are four or not: few bits are set, and a branch for each would be guessed wrong.
CK_INLINE size_t expand_bits(uint64_t mask, uint32_t first, uint32_t *out) {
    const size_t count = (size_t)__builtin_popcountll(mask);
    for (size_t left = count;;) {
        for (int i = 0; i < 4; i++) {
            uint32_t bit = mask ? (uint32_t)__builtin_ctzll(mask) : 64;
            // A number by itself: compilers count the zeros of four masks in a vector, which takes some forty instructions.
            __asm__("" : "+r"(bit));
            out[i] = first + bit;
            mask &= mask - 1;
        }
        if (__builtin_expect(left <= 4, 1)) return count;
        left -= 4;
        out += 4;
    }
}

#endif
