// Small C kernels with run-time dispatch: the only code here that names an instruction set.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "bounds/exact_dot.h"
#include "bounds/guard_band.h"
#include "bounds/limits.h"
#include "bounds/precision.h"
#include "bounds/rounding.h"
#include "bounds/score_error.h"
#include "boxes/boxes.h"
#include "boxes/boxes_driver.h"
#include "boxes/boxes_encode.h"
#include "codes/byte_codes.h"
#include "codes/codes_driver.h"
#include "codes/packed_codes.h"
#include "codes/packed_encode.h"
#include "dense/dense.h"
#include "machine/level.h"
#include "machine/reads.h"
#include "matrix/matrix.h"
#include "matrix/quantised.h"
#include "net/net.h"
#include "net/net_driver.h"
#include "prefill/prefill_blocks.h"
#include "prefill/prefill_tree.h"
#include "prefix/prefix_driver.h"
#include "scan/rows.h"
#include "scan/scan.h"
#include "scan/scan_driver.h"
#include "scan/table.h"
#include "select/filter.h"
#include "select/select.h"
#include "sink/sink.h"
#include "statistics/statistics.h"
#include "step/step.h"
#include "step/step_ranked.h"
#include "tree/tree.h"
#include "tree/tree_driver.h"
#include "tree/tree_moments.h"
#include "weights/entmax.h"
#include "weights/weights.h"

#endif
