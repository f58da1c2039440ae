// Vectors of 16 floats in the compiler's own notation: one body serves every level, and a wrapper with a target
// attribute gives each level its instructions.
#ifndef CK_F32X16_H
#define CK_F32X16_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

#include "machine/dispatch.h"

typedef float f32x16 __attribute__((ext_vector_type(16)));
typedef int32_t i32x16 __attribute__((ext_vector_type(16)));
typedef _Bool bit16 __attribute__((ext_vector_type(16)));
typedef float f32x16_unaligned __attribute__((ext_vector_type(16), aligned(4), may_alias));

#define LOAD(p) ((f32x16)(*(const f32x16_unaligned *)(p)))
#define STORE(p, v) (*(f32x16_unaligned *)(p) = (v))
#define SPLAT(x) ((f32x16){} + (float)(x))

/// Asks for a line that is read some hundred lines later: into the second-level cache, which waits for more lines at a
/// time than the first (measured on Zen 4: 3.7 ns a line from all over memory, 8.5 ns into the first level).
#define FETCH(p) __builtin_prefetch((p), 0, 2)
/// Lines under way at a time.
#define FETCHED_LINES 96

/// a[i] > b[i] ? a[i] : b[i].
#define MAXIMUM(a, b) (((f32x16)(((i32x16)(a) & ((a) > (b))) | ((i32x16)(b) & ~((a) > (b))))))

CK_INLINE float sum_lanes(const f32x16 *v) {
    float s = 0;
    for (int l = 0; l < 16; l++) s += (*v)[l];
    return s;
}

#endif
