// One way for every kernel to its body: a function is compiled once for each level, and the best one here is called.
#ifndef CK_DISPATCH_H
#define CK_DISPATCH_H

#include "machine/level.h"

#define CK_INLINE static inline __attribute__((always_inline))

#define TARGET_AVX2 __attribute__((target("avx2,fma,f16c,bmi,bmi2,popcnt")))
#define TARGET_AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma,f16c,avx2,bmi,bmi2,popcnt")))
#define TARGET_VNNI __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,fma,f16c,avx2,bmi,bmi2,popcnt")))
/// Dot products of four 8-bit numbers in 256 bits: in AVX-VNNI's encoding, and in AVX-512's, which asks for other processors.
#define TARGET_AVXVNNI __attribute__((target("avx2,avxvnni,fma,f16c,bmi,bmi2,popcnt")))
#define TARGET_VNNI256 __attribute__((target("avx2,avx512f,avx512vl,avx512vnni,fma,f16c,bmi,bmi2,popcnt")))

/// With the dot products of four 8-bit numbers.
#define TARGET_NEON __attribute__((target("dotprod")))

/// DISPATCH returns what NAME_avx512, NAME_avx2 or NAME_portable returns, whichever is best here. DISPATCH_VNNI knows
/// NAME_vnni too, DISPATCH_VNNI256 NAME_avxvnni and NAME_vnni256 besides, and DISPATCH_AVX512 has no NAME_avx2.
#if defined(__x86_64__)
#define DISPATCH(NAME, ...)                                         \
    if (ck_level() >= CK_AVX512) return NAME##_avx512(__VA_ARGS__); \
    if (ck_level() >= CK_AVX2) return NAME##_avx2(__VA_ARGS__);     \
    return NAME##_portable(__VA_ARGS__)
#define DISPATCH_VNNI(NAME, ...)                                \
    if (ck_level() >= CK_VNNI) return NAME##_vnni(__VA_ARGS__); \
    DISPATCH(NAME, __VA_ARGS__)
#define DISPATCH_VNNI256(NAME, ...)                                                                                 \
    if (ck_level() == CK_AVXVNNI)                                                                                    \
        return ck_has_avx_vnni() ? NAME##_avxvnni(__VA_ARGS__) : NAME##_vnni256(__VA_ARGS__);                         \
    DISPATCH_VNNI(NAME, __VA_ARGS__)
#define DISPATCH_AVX512(NAME, ...)                                  \
    if (ck_level() >= CK_AVX512) return NAME##_avx512(__VA_ARGS__); \
    return NAME##_portable(__VA_ARGS__)
#else
#define DISPATCH(NAME, ...) return NAME##_portable(__VA_ARGS__)
#define DISPATCH_VNNI(NAME, ...) DISPATCH(NAME, __VA_ARGS__)
#define DISPATCH_VNNI256(NAME, ...) DISPATCH(NAME, __VA_ARGS__)
#define DISPATCH_AVX512(NAME, ...) DISPATCH(NAME, __VA_ARGS__)
#endif

/// Returns what NAME_neon returns, where that can run; else one of the above has to follow. Elsewhere on Arm the portable
/// kernels are the compiler's NEON.
#if defined(__aarch64__)
#define DISPATCH_NEON(NAME, ...) \
    if (ck_level() >= CK_NEON) return NAME##_neon(__VA_ARGS__)
#else
#define DISPATCH_NEON(NAME, ...) (void)0
#endif

#endif
