// Float64 to float32 in a direction that is known, without a call of a library.
#ifndef CK_ROUNDING_H
#define CK_ROUNDING_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

/// The square root of a head dimension; 32 bits are converted without a table.
static inline double ck_root(size_t d) { return sqrt((double)(int32_t)d); }

/// The smallest float that is not below x.
static inline float ck_rounded_up(double x) {
    union {
        float value;
        int32_t bits;
    } f = {.value = (float)x};
    if (!((double)f.value < x)) return f.value;
    if (f.value == 0) return 0x1p-149f;
    f.bits += f.value > 0 ? 1 : -1;
    return f.value;
}

/// The largest float that is not above x.
static inline float ck_rounded_down(double x) { return -ck_rounded_up(-x); }

#endif
