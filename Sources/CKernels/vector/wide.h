// Sixteen numbers of a row in a register, as float32, whatever the format in which they are kept.
#ifndef CK_WIDE_H
#define CK_WIDE_H

#include "scan/table.h"
#include "vector/f32x16.h"

typedef uint16_t u16x16 __attribute__((ext_vector_type(16)));
typedef uint32_t u32x16 __attribute__((ext_vector_type(16)));
typedef _Float16 f16x16 __attribute__((ext_vector_type(16)));
typedef uint16_t u16x16_unaligned __attribute__((ext_vector_type(16), aligned(2), may_alias));
typedef _Float16 f16x16_unaligned __attribute__((ext_vector_type(16), aligned(2), may_alias));

/// Half precision by arithmetic, for levels without an instruction for it.
enum { CK_F16_BY_BITS = 3 };

/// How each level widens half precision. A compiler that does not optimise would leave the instruction's twin in a library, which
/// not every system has, in the levels that never come there.
#if defined(__aarch64__)
#define CK_CONVERTS 1
#define F16_portable CK_F16
#define F16_neon CK_F16
#elif defined(__OPTIMIZE__)
#define CK_CONVERTS 1
#define F16_portable CK_F16_BY_BITS
#define F16_avx2 CK_F16
#define F16_avx512 CK_F16
#else
#define CK_CONVERTS 0
#define F16_portable CK_F16_BY_BITS
#define F16_avx2 CK_F16_BY_BITS
#define F16_avx512 CK_F16_BY_BITS
#endif

/// Returns the value of CALL, in which `format` is a constant: that of FOUND, as the level SUFFIX widens it.
#define BY_FORMAT(FOUND, SUFFIX, CALL)                           \
    switch (FOUND) {                                             \
    case CK_BF16: { enum { format = CK_BF16 }; return CALL; }    \
    case CK_F16: { enum { format = F16_##SUFFIX }; return CALL; } \
    default: { enum { format = CK_F32 }; return CALL; }          \
    }

/// Bytes of a number, and the address of number `at`.
#define ENTRY(format) ((size_t)((format) == CK_F32 ? 4 : 2))
#define ENTRY_AT(format, base, at) ((const void *)((const char *)(base) + (at) * ENTRY(format)))

#if CK_CONVERTS
#define CONVERT_(p) __builtin_convertvector((f16x16)(*(const f16x16_unaligned *)(p)), f32x16)
#else
#define CONVERT_(p) WIDE_BITS_(p)
#endif

#define UINT16_(p) __builtin_convertvector((u16x16)(*(const u16x16_unaligned *)(p)), u32x16)

/// The exponent of a half lies 112 below that of a float32: a power of two mends it, of numbers below the normal ones as well.
#define WIDE_BITS_(p)                                                                                     \
    ((f32x16)((u32x16)((f32x16)((UINT16_(p) & 0x7fff) << 13) * 0x1p112f) | (UINT16_(p) & 0x8000) << 16))

/// The 16 numbers at `p`.
#define WIDE(format, p)                                                                                   \
    ((format) == CK_F32    ? LOAD((const float *)(p))                                                     \
     : (format) == CK_BF16 ? (f32x16)(UINT16_(p) << 16)                                                   \
     : (format) == CK_F16  ? CONVERT_(p)                                                                  \
                           : WIDE_BITS_(p))

#endif
