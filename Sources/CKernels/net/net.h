// Which keys a cell of query directions can report.
#ifndef CKERNELS_NET_H
#define CKERNELS_NET_H

#include <stddef.h>
#include <stdint.h>

/// A cap of directions: all unit vectors within an angle of `axis` (d floats), and the least distance asked of it.
typedef struct {
    const float *axis;
    float cosine, sine;
    float least;
} ck_cap;

/// Lists every key whose largest projection on a direction of the cap can reach `least`; a few that just miss it may be
/// listed too. `columns` holds the keys column by column, `stride` (a multiple of 16) apart, and `norms` their norms; both
/// are readable up to the stride. `out` has room for n entries and 16 more. Returns how many it wrote.
size_t ck_cap_list(const float *columns, size_t stride, size_t n, int32_t d, const float *norms, const ck_cap *cap,
                   uint32_t *out);

#endif
