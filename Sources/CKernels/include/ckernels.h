// Small C kernels with run-time dispatch: the only code here that names an instruction set.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "boxes.h"
#include "coded.h"
#include "codes.h"
#include "dense.h"
#include "gather.h"
#include "level.h"
#include "matrix.h"
#include "net.h"
#include "prefill.h"
#include "prefix.h"
#include "rounding.h"
#include "rows.h"
#include "scan.h"
#include "select.h"
#include "statistics.h"
#include "step.h"
#include "weighted.h"
#include "tree.h"

/// The dot product of membership: float64, t = 0 ... d-1 in that order. Every product of two floats is exact in a double,
/// so a fused multiply-add gives the same sum.
double ck_exact_dot(const float *a, const float *b, size_t d);

#endif
