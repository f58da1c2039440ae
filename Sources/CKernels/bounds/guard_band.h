// The band of float32 dot products around a threshold in which the definition decides.
#ifndef CK_GUARD_BAND_H
#define CK_GUARD_BAND_H

#include <stddef.h>

/// The band of float32 dot products that cannot be trusted to decide membership: below `lower` a key is surely outside,
/// at or above `upper` surely inside. `threshold` is b sqrt(d), and `slack` half the band's width.
typedef struct {
    float lower, upper;
    double threshold, slack;
} ck_guard;

/// The band for threshold b, a query of this norm and keys whose norms are at most `key_norm`, d entries each.
ck_guard ck_guard_band(double norm, double key_norm, double b, size_t d);

#endif
