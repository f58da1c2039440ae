// Which instruction set the kernels use.
#ifndef CK_LEVEL_H
#define CK_LEVEL_H

#include <stdint.h>

enum {
    CK_PORTABLE = 0,
    /// AVX2 with FMA, F16C, BMI and POPCNT.
    CK_AVX2 = 1,
    /// That with VNNI in 256 bits.
    CK_AVXVNNI = 2,
    /// AVX-512 F, BW, DQ and VL.
    CK_AVX512 = 3,
    /// AVX-512 with VNNI.
    CK_VNNI = 4,
    /// Arm's NEON with dot product.
    CK_NEON = 5,
    CK_LEVELS,
};

/// What levels ask of a processor, a bit each: AVX2, FMA, F16C, BMI, BMI2 and POPCNT; AVX-512 F, BW, DQ and VL; AVX-512 VNNI;
/// VNNI in 256 bits, as AVX-VNNI or as AVX-512 VL and VNNI; NEON with dot product.
enum { CK_HAS_AVX2 = 1, CK_HAS_AVX512 = 2, CK_HAS_VNNI = 4, CK_HAS_NEON = 8, CK_HAS_VNNI256 = 16 };

/// What the processor has.
uint32_t ck_features(void);

/// Whether the processor has VNNI in AVX's encoding; where it has not, AVX-512's serves that level.
int ck_has_avx_vnni(void);

/// Whether a processor with these features can run the kernels of a level.
int ck_level_serves(int level, uint32_t features);

/// The level in use once ``ck_level`` was asked, before that -1; no one else's to write.
extern int32_t ck_level_in_use;

/// Finds the level in use.
int ck_find_level(void);

/// The level in use: the best that the machine has, found once, or less where HALFSPACE_SIMD says so (portable, avx2,
/// avxvnni, avx512, vnni or neon).
static inline int ck_level(void) {
    const int level = __atomic_load_n(&ck_level_in_use, __ATOMIC_RELAXED);
    return __builtin_expect(level >= 0, 1) ? level : ck_find_level();
}

/// Uses the best level that the machine has, and no better one than `level`, from now on; returns the level in use. For tests
/// and comparisons.
int ck_force_level(int level);

/// "portable", "avx2", "avxvnni", "avx512", "vnni" or "neon".
const char *ck_level_name(int level);

#endif
