// One way for every kernel to its body: a function is compiled once for each level, and the best one here is called.
#ifndef CK_DISPATCH_H
#define CK_DISPATCH_H

#include "machine/level.h"

#define CK_INLINE static inline __attribute__((always_inline))

#define TARGET_AVX2 __attribute__((target("avx2,fma")))
#define TARGET_AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma,avx2")))
#define TARGET_VNNI __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,fma,avx2")))

/// DISPATCH returns what NAME_avx512, NAME_avx2 or NAME_portable returns, whichever is best here. DISPATCH_VNNI knows
/// NAME_vnni too, and DISPATCH_AVX512 has no NAME_avx2.
#if defined(__x86_64__)
#define DISPATCH(NAME, ...)                                         \
    if (ck_level() >= CK_AVX512) return NAME##_avx512(__VA_ARGS__); \
    if (ck_level() == CK_AVX2) return NAME##_avx2(__VA_ARGS__);     \
    return NAME##_portable(__VA_ARGS__)
#define DISPATCH_VNNI(NAME, ...)                                \
    if (ck_level() >= CK_VNNI) return NAME##_vnni(__VA_ARGS__); \
    DISPATCH(NAME, __VA_ARGS__)
#define DISPATCH_AVX512(NAME, ...)                                  \
    if (ck_level() >= CK_AVX512) return NAME##_avx512(__VA_ARGS__); \
    return NAME##_portable(__VA_ARGS__)
#else
#define DISPATCH(NAME, ...) return NAME##_portable(__VA_ARGS__)
#define DISPATCH_VNNI(NAME, ...) DISPATCH(NAME, __VA_ARGS__)
#define DISPATCH_AVX512(NAME, ...) DISPATCH(NAME, __VA_ARGS__)
#endif

#endif
