// The one exponential of all kernels, on 16 lanes and on one number.
#ifndef CK_EXPONENTIAL_H
#define CK_EXPONENTIAL_H

#include "vector/f32x16.h"

/// exp(x) within a few units in the last place; 0 below -87, and as if x were 88 above that.
#define EXPONENTIAL(result, argument)                                                                          \
    do {                                                                                                       \
        f32x16 x_ = (argument);                                                                                   \
        i32x16 tiny_ = x_ < SPLAT(-87.0f);                                                                       \
        x_ = (f32x16)((i32x16)x_ & ~tiny_);                                                                         \
        x_ = (f32x16)(((i32x16)x_ & (x_ < SPLAT(88.0f))) | ((i32x16)SPLAT(88.0f) & ~(x_ < SPLAT(88.0f))));              \
        f32x16 shifted_ = x_ * 1.44269504088896341f + 12582912.0f;                                                \
        f32x16 whole_ = shifted_ - 12582912.0f;                                                                   \
        f32x16 r_ = x_ - whole_ * 0.693145751953125f;                                                             \
        r_ = r_ - whole_ * 1.428606765330187e-06f;                                                             \
        f32x16 p_ = r_ * 1.3981999507e-3f + 8.3334519073e-3f;                                                     \
        p_ = p_ * r_ + 4.1665795894e-2f;                                                                       \
        p_ = p_ * r_ + 1.6666665459e-1f;                                                                       \
        p_ = p_ * r_ + 0.5f;                                                                                   \
        p_ = p_ * r_ * r_ + r_;                                                                                \
        p_ = p_ + 1.0f;                                                                                        \
        i32x16 power_ = ((i32x16)shifted_ + (127 - 0x4b400000)) << 23;                                             \
        (result) = (f32x16)((i32x16)(p_ * (f32x16)power_) & ~tiny_);                                                   \
    } while (0)

#endif
