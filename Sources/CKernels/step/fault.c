#include "step/fault.h"

#if defined(CK_FAULTS)

#include <stdlib.h>
#include <string.h>

#include "ckernels.h"

int ck_fault(void) {
    const char *name = getenv("HALFSPACE_FAULT");
    if (!name) return CK_FAULT_NONE;
    if (strcmp(name, "drop") == 0) return CK_FAULT_DROP;
    if (strcmp(name, "extra") == 0) return CK_FAULT_EXTRA;
    return strcmp(name, "count") == 0 ? CK_FAULT_COUNT : CK_FAULT_NONE;
}

ck_half_space ck_fault_moved(const ck_half_space *half) {
    const int fault = ck_fault();
    const double step = 0.05 * half->norm * half->key_norm / ck_root(half->d);
    ck_half_space moved = *half;
    if (fault == CK_FAULT_DROP) moved.threshold += step;
    if (fault == CK_FAULT_EXTRA) moved.threshold -= step;
    return moved;
}

#endif
