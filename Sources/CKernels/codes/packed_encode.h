// Keys into packed codes.
#ifndef CK_PACKED_ENCODE_H
#define CK_PACKED_ENCODE_H

#include "codes/packed_codes.h"

/// Encodes rows of `keys` (d floats each) as groups first_group ..< last_group with the step `clip`, in units of a
/// group's root mean square. The last block is padded with zero codes.
void ck_encode(const ck_coded *coded, const float *keys, size_t first_group, size_t last_group, float clip);

/// The sum over the keys of some groups of their error norms for a `clip`: the sum that the best `clip` minimises.
double ck_encoding_error(const ck_coded *coded, const float *keys, size_t first_group, size_t last_group, float clip);

#endif
