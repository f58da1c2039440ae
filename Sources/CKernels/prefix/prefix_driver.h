// The driver of boxes over the principal components of keys of low rank.
#ifndef CK_PREFIX_DRIVER_H
#define CK_PREFIX_DRIVER_H

#include "boxes/boxes_driver.h"

/// What rounding may take from a component or a rest, as a share of the vectors' norms.
#define CK_PREFIX_ROUNDING 1e-6

/// Boxes over the first components of keys and the norm of what those leave, the rows that the boxes' keys are, and memory to
/// work in.
typedef struct {
    /// Boxes of components, and memory to work in.
    ck_boxes_index boxed;
    /// Orthonormal axes of d entries each, one less than boxes have dimensions; the mean of the keys, and its norm.
    const double *axes, *mean;
    double mean_norm;
    /// The rows of the keys and values.
    ck_renaming renaming;
    ck_table keys, values;
} ck_prefix_index;

/// Descends through boxes of components, and tests whole keys that those leave in float32 (`index` is a ck_prefix_index).
int ck_find_prefix(const void *index, const ck_half_space *half, ck_sink *sink);

#endif
