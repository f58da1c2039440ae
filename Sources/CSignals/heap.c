#include "csignals.h"

#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

void cs_return_large_blocks(void) {
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
    // What a frame or a step frees it asks for again at once: smaller blocks stay.
    mallopt(M_TRIM_THRESHOLD, 16 << 20);
    mallopt(M_TOP_PAD, 1 << 20);
#endif
}

void cs_give_back_heap(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}
