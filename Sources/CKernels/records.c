#include "ckernels.h"
#include "tile.h"

typedef float f8 __attribute__((vector_size(32)));
typedef float f8_unaligned __attribute__((vector_size(32), aligned(4), may_alias));

/// Two records of 8 floats side by side.
#define PAIR(first, second)                                                                                        \
    __builtin_shufflevector(                                                                                       \
        (f8)(*(const f8_unaligned *)(first)), (f8)(*(const f8_unaligned *)(second)), 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, \
        10, 11, 12, 13, 14, 15)

/// The dot products of 16 listed keys of 8 floats with q, which is there twice.
CK_INLINE void dots16_short(const float *keys, size_t stride, const uint32_t *ids, const f16 *q, float *dots) {
    f16 folded[2];
#pragma clang loop unroll(full)
    for (int g = 0; g < 2; g++) {
        f16 product[4];
#pragma clang loop unroll(full)
        // Records of one vector are four apart, so that the sums come out in order.
        for (int i = 0; i < 4; i++)
            product[i] = PAIR(keys + ids[8 * g + i] * stride, keys + ids[8 * g + 4 + i] * stride) * *q;
        FOLD4(folded[g], product[0], product[1], product[2], product[3]);
    }
    f16 all;
    FOLD_GROUPS(all, folded[0], folded[1]);
    STORE(dots, all);
}

/// The same for keys of d floats, a multiple of 16.
CK_INLINE void dots16_long(
    const float *keys, size_t stride, size_t d, const uint32_t *ids, const float *q, float *dots) {
    f16 folded[4];
#pragma clang loop unroll(full)
    for (int g = 0; g < 4; g++) {
        f16 lanes[4];
#pragma clang loop unroll(full)
        for (int i = 0; i < 4; i++) ROW_LANES(lanes[i], keys + ids[4 * g + i] * stride);
        FOLD4(folded[g], lanes[0], lanes[1], lanes[2], lanes[3]);
    }
    f16 low, high, all;
    FOLD_GROUPS(low, folded[0], folded[1]);
    FOLD_GROUPS(high, folded[2], folded[3]);
    FOLD_GROUPS(all, low, high);
    STORE(dots, all);
}

CK_INLINE void fetch(const float *record, size_t bytes) {
    for (size_t b = 0; b < bytes; b += 64) FETCH((const char *)record + b);
}

CK_INLINE size_t filter_records(
    const float *keys, size_t stride, size_t d, size_t bytes, const float *q, float lower, uint32_t *ids, float *dots,
    size_t count) {
    const size_t lines = (bytes + 63) / 64, wanted = FETCHED_LINES / (lines > 6 ? 6 : lines);
    const size_t ahead = (wanted + 15) & ~(size_t)15;
    f16 twice = {};
    if (d <= 8)
        for (int t = 0; t < 8; t++) twice[t] = twice[8 + t] = q[t];
    for (size_t i = 0; i < ahead && i < count; i++) fetch(keys + ids[i] * stride, bytes);
    size_t kept = 0;
    for (size_t i = 0; i < count; i += 16) {
        uint32_t last[16];
        const uint32_t *id = ids + i;
        if (i + ahead + 16 <= count) {
            for (size_t l = 0; l < 16; l++) fetch(keys + id[ahead + l] * stride, bytes);
        } else {
            for (size_t l = i + ahead; l < count; l++) fetch(keys + ids[l] * stride, bytes);
        }
        if (i + 16 > count) {
            for (size_t l = 0; l < 16; l++) last[l] = ids[i + l < count ? i + l : count - 1];
            id = last;
        }
        float sums[16];
        if (d <= 8)
            dots16_short(keys, stride, id, &twice, sums);
        else if (d == 16)
            dots16_long(keys, stride, 16, id, q, sums);
        else
            dots16_long(keys, stride, d, id, q, sums);
        const size_t present = count - i < 16 ? count - i : 16;
        // What is written has been read: kept never passes i + l.
        for (size_t l = 0; l < present; l++) {
            ids[kept] = id[l];
            dots[kept] = sums[l];
            kept += sums[l] >= lower;
        }
    }
    return kept;
}

#define LEVEL(SUFFIX, TARGET)                                                                                      \
    TARGET static size_t records_##SUFFIX(                                                                         \
        const float *keys, size_t stride, size_t d, size_t bytes, const float *q, float lower, uint32_t *ids,      \
        float *dots, size_t count) {                                                                               \
        if (d <= 8 && bytes <= 64) return filter_records(keys, stride, 8, 64, q, lower, ids, dots, count);         \
        if (d <= 16 && d > 8 && bytes <= 128)                                                                      \
            return filter_records(keys, stride, 16, 128, q, lower, ids, dots, count);                              \
        return filter_records(keys, stride, d <= 8 ? 8 : (d + 15) & ~(size_t)15, bytes, q, lower, ids, dots, count); \
    }

LEVEL(portable, )
#if defined(__x86_64__)
LEVEL(avx2, TARGET_AVX2)
LEVEL(avx512, TARGET_AVX512)
#endif

size_t ck_filter_records(
    const float *keys, size_t stride, size_t d, size_t bytes, const float *q, float lower, uint32_t *ids, float *dots,
    size_t count) {
#if defined(__x86_64__)
    if (ck_level() >= CK_AVX512) return records_avx512(keys, stride, d, bytes, q, lower, ids, dots, count);
    if (ck_level() == CK_AVX2) return records_avx2(keys, stride, d, bytes, q, lower, ids, dots, count);
#endif
    return records_portable(keys, stride, d, bytes, q, lower, ids, dots, count);
}
