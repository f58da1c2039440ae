// Which instruction set the kernels use.
#ifndef CK_LEVEL_H
#define CK_LEVEL_H

enum {
    CK_PORTABLE = 0,
    /// AVX2 with FMA.
    CK_AVX2 = 1,
    /// AVX-512 F, BW, DQ and VL.
    CK_AVX512 = 2,
    /// AVX-512 with VNNI.
    CK_VNNI = 3,
};

/// The level in use: the best that the machine has, found once, or less where HALFSPACE_SIMD says so (portable, avx2,
/// avx512 or vnni).
int ck_level(void);

/// The best level that the machine has.
int ck_best_level(void);

/// Uses at most `level` from now on; returns the level in use. For tests and comparisons.
int ck_force_level(int level);

/// "portable", "avx2", "avx512" or "vnni".
const char *ck_level_name(int level);

#endif
