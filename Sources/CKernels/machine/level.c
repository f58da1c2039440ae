#include "ckernels.h"

#include <stdlib.h>
#include <string.h>

#if defined(__aarch64__) && defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

int32_t ck_level_in_use = -1;

static const struct {
    const char *name;
    uint32_t needs;
} levels[CK_LEVELS] = {
    [CK_PORTABLE] = {"portable", 0},
    [CK_AVX2] = {"avx2", CK_HAS_AVX2},
    [CK_AVXVNNI] = {"avxvnni", CK_HAS_AVX2 | CK_HAS_VNNI256},
    [CK_AVX512] = {"avx512", CK_HAS_AVX2 | CK_HAS_AVX512},
    [CK_VNNI] = {"vnni", CK_HAS_AVX2 | CK_HAS_AVX512 | CK_HAS_VNNI},
    [CK_NEON] = {"neon", CK_HAS_NEON},
};

const char *ck_level_name(int level) { return level >= 0 && level < CK_LEVELS ? levels[level].name : "unknown"; }

int ck_level_serves(int level, uint32_t features) {
    return level >= 0 && level < CK_LEVELS && (levels[level].needs & ~features) == 0;
}

int ck_has_avx_vnni(void) {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avxvnni") != 0;
#else
    return 0;
#endif
}

uint32_t ck_features(void) {
    uint32_t features = 0;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c") &&
        __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt"))
        features |= CK_HAS_AVX2;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl"))
        features |= CK_HAS_AVX512;
    if (__builtin_cpu_supports("avx512vnni")) features |= CK_HAS_VNNI;
    if (ck_has_avx_vnni() || (features & CK_HAS_AVX512 && features & CK_HAS_VNNI)) features |= CK_HAS_VNNI256;
#elif defined(__aarch64__) && defined(__linux__)
    if (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) features |= CK_HAS_NEON;
#elif defined(__aarch64__) && defined(__APPLE__)
    // Every processor of Apple's that runs macOS.
    features |= CK_HAS_NEON;
#endif
    return features;
}

int ck_force_level(int level) {
    const uint32_t features = ck_features();
    if (level >= CK_LEVELS) level = CK_LEVELS - 1;
    while (level > CK_PORTABLE && !ck_level_serves(level, features)) level--;
    if (level < CK_PORTABLE) level = CK_PORTABLE;
    __atomic_store_n(&ck_level_in_use, level, __ATOMIC_RELAXED);
    return level;
}

int ck_find_level(void) {
    int wanted = CK_LEVELS - 1;
    const char *name = getenv("HALFSPACE_SIMD");
    for (int i = 0; name && i < CK_LEVELS; i++)
        if (strcmp(name, levels[i].name) == 0) wanted = i;
    return ck_force_level(wanted);
}
