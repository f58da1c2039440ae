// Faults to plant, so that tests see them found: compiled into debug builds alone, and chosen by HALFSPACE_FAULT.
#ifndef CK_FAULT_H
#define CK_FAULT_H

#include "sink/sink.h"

#if defined(CK_FAULTS)

/// "drop": drivers miss keys near the boundary; "extra": they report some beyond it; "count": sums say one key too many.
enum { CK_FAULT_NONE, CK_FAULT_DROP, CK_FAULT_EXTRA, CK_FAULT_COUNT };

int ck_fault(void);

/// The half-space that drivers are asked for in place of another.
ck_half_space ck_fault_moved(const ck_half_space *half);

#define CK_FAULT_BEFORE(half)                              \
    const ck_half_space moved_ = ck_fault_moved(half);     \
    half = &moved_;
#define CK_FAULT_AFTER(sink)                                                                      \
    if (ck_fault() == CK_FAULT_COUNT && (sink)->wanted == CK_WANT_SUM) (sink)->count++;

#else
#define CK_FAULT_BEFORE(half)
#define CK_FAULT_AFTER(sink)
#endif

#endif
