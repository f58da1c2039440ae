#include "ckernels.h"

#include <stdlib.h>
#include <string.h>

int32_t ck_level_in_use = -1;

static const char *const names[] = {"portable", "avx2", "avx512", "vnni"};

const char *ck_level_name(int level) { return level >= 0 && level <= CK_VNNI ? names[level] : "unknown"; }

int ck_best_level(void) {
#if defined(__x86_64__)
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return CK_PORTABLE;
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
        !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512vl"))
        return CK_AVX2;
    return __builtin_cpu_supports("avx512vnni") ? CK_VNNI : CK_AVX512;
#else
    return CK_PORTABLE;
#endif
}

int ck_force_level(int level) {
    int best = ck_best_level();
    if (level > best) level = best;
    if (level < 0) level = 0;
    __atomic_store_n(&ck_level_in_use, level, __ATOMIC_RELAXED);
    return level;
}

int ck_find_level(void) {
    int wanted = CK_VNNI;
    const char *name = getenv("HALFSPACE_SIMD");
    for (int i = 0; name && i <= CK_VNNI; i++)
        if (strcmp(name, names[i]) == 0) wanted = i;
    return ck_force_level(wanted);
}
