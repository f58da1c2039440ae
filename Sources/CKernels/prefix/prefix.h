// Keys of low rank: boxes over their principal components, for a decode step in one call.
#ifndef CK_PREFIX_H
#define CK_PREFIX_H

#include "step/step.h"

/// What rounding may take from a component or a rest, as a share of the vectors' norms.
#define CK_PREFIX_ROUNDING 1e-6

/// Boxes over the first components of keys and the norm of what those leave, the rows that the boxes' keys are, and memory to
/// work in: lists of all nodes and leaves, and of CK_STEP_LEAVES leaves' keys.
typedef struct {
    /// Boxes of components, and memory to work in.
    ck_step_boxes boxed;
    /// Orthonormal axes of d entries each, one less than boxes have dimensions; the mean of the keys, and its norm.
    const double *axes, *mean;
    double mean_norm;
    /// The rows of the keys and values.
    ck_step_rename rename;
    const float *keys, *values;
} ck_step_prefix;

/// The descent through boxes of components, float32 of whole keys that those leave (`part` is a ck_step_prefix).
int ck_step_add_prefix(const void *part, const ck_step_query *query, ck_step_sum *sum);

#endif
