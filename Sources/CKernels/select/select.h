// Order statistics and cuts of listed scores.
#ifndef CK_SELECT_H
#define CK_SELECT_H

#include <stddef.h>
#include <stdint.h>

/// The r-th largest (1 <= r <= count) of finite floats; O(count) for numbers that spread. `room` has count + 16 floats;
/// what stands there afterwards means nothing.
float ck_rank(const float *x, size_t count, size_t r, float *room);

/// Keeps, in order, the entries with x >= low (and those that are no number); returns how many.
size_t ck_keep(uint32_t *ids, float *x, size_t count, float low);

/// Lists the entries with x >= low, in order: where they stand and what they are. Room for count + 16; `places` may be
/// null. Returns how many.
size_t ck_list(const float *x, size_t count, float low, uint32_t *places, float *listed);

/// Lists where the entries stand that are neither below low nor above high, in order; `above` is how many are above. Room for
/// count + 16; returns how many.
size_t ck_band(const float *x, size_t count, float low, float high, uint32_t *places, size_t *above);

#endif
