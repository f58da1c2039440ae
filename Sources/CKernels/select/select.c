#include "ckernels.h"
#include "vector/compress4.h"
#include "vector/compress8.h"
#include "vector/f32x16.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define BUCKETS 512

CK_INLINE void extremes(const float *x, size_t count, float *low, float *high) {
    f32x16 least = SPLAT(INFINITY), most = SPLAT(-INFINITY);
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        f32x16 v = LOAD(x + i);
        most = MAXIMUM(v, most);
        least = -MAXIMUM(-v, -least);
    }
    *low = INFINITY;
    *high = -INFINITY;
    for (int l = 0; l < 16; l++) {
        *low = least[l] < *low ? least[l] : *low;
        *high = most[l] > *high ? most[l] : *high;
    }
    for (; i < count; i++) {
        *low = x[i] < *low ? x[i] : *low;
        *high = x[i] > *high ? x[i] : *high;
    }
}

/// Buckets of equal width are counted until one that holds the rank is short; the copy in `room` shrinks to it.
CK_INLINE float rank(const float *x, size_t count, size_t r, float *room) {
    uint32_t counts[BUCKETS];
    while (count > 32) {
        float low, high;
        extremes(x, count, &low, &high);
        float scale = (BUCKETS - 1) / (high - low);
        if (low == high) return low;
        // A width by which float32 cannot divide.
        if (!(scale > 0) || !(scale < INFINITY)) break;
        for (int b = 0; b < BUCKETS; b++) counts[b] = 0;
        for (size_t i = 0; i < count; i++) counts[(int)((x[i] - low) * scale)]++;
        int bucket = BUCKETS - 1;
        while (r > counts[bucket]) r -= counts[bucket--];
        size_t kept = 0;
        for (size_t i = 0; i < count; i++) {
            float v = x[i];
            room[kept] = v;
            kept += (int)((v - low) * scale) == bucket;
        }
        x = room;
        count = kept;
    }
    if (count > 32) {
        if (x != room) __builtin_memcpy(room, x, count * sizeof *x);
        size_t first = 0, last = count - 1;
        while (first < last) {
            float pivot = room[first + (last - first) / 2];
            // Signed: j may step before the first.
            ptrdiff_t i = (ptrdiff_t)first, j = (ptrdiff_t)last;
            while (i <= j) {
                while (room[i] > pivot) i++;
                while (room[j] < pivot) j--;
                if (i > j) break;
                float swap = room[i];
                room[i++] = room[j];
                room[j--] = swap;
            }
            ptrdiff_t target = (ptrdiff_t)r - 1;
            if (target <= j) last = (size_t)j;
            else if (target >= i) first = (size_t)i;
            else break;
        }
        return room[r - 1];
    }
    float sorted[32];
    for (size_t i = 0; i < count; i++) {
        float v = x[i];
        size_t j = i;
        for (; j > 0 && sorted[j - 1] < v; j--) sorted[j] = sorted[j - 1];
        sorted[j] = v;
    }
    return sorted[r - 1];
}

static size_t keep_portable(uint32_t *ids, float *x, size_t count, float low) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        // Written always, kept if it counts: no branch to guess.
        float v = x[i];
        ids[kept] = ids[i];
        x[kept] = v;
        kept += !(v < low);
    }
    return kept;
}

static size_t list_portable(const float *x, size_t count, float low, uint32_t *places, float *listed) {
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        if (places) places[found] = (uint32_t)i;
        listed[found] = x[i];
        found += x[i] >= low;
    }
    return found;
}

static size_t band_portable(
    const float *x, size_t count, float low, float high, uint32_t *places, size_t *above) {
    size_t found = 0, over = 0;
    for (size_t i = 0; i < count; i++) {
        places[found] = (uint32_t)i;
        found += !(x[i] < low) & !(x[i] > high);
        over += x[i] > high;
    }
    *above = over;
    return found;
}

#if defined(__x86_64__)
#include "select/select_avx2.h"

TARGET_AVX512 static size_t keep_avx512(uint32_t *ids, float *x, size_t count, float low) {
    const __m512 bound = _mm512_set1_ps(low);
    size_t kept = 0, i = 0;
    // Whole vectors alone: those written end where those read do.
    for (; i + 16 <= count; i += 16) {
        const __m512 v = _mm512_loadu_ps(x + i);
        const __m512i id = _mm512_loadu_si512(ids + i);
        const __mmask16 mask = _mm512_cmp_ps_mask(v, bound, _CMP_NLT_UQ);
        _mm512_storeu_si512(ids + kept, _mm512_maskz_compress_epi32(mask, id));
        _mm512_storeu_ps(x + kept, _mm512_maskz_compress_ps(mask, v));
        kept += (size_t)__builtin_popcount(mask);
    }
    for (; i < count; i++) {
        const float v = x[i];
        ids[kept] = ids[i];
        x[kept] = v;
        kept += !(v < low);
    }
    return kept;
}

TARGET_AVX512 static size_t band_avx512(
    const float *x, size_t count, float low, float high, uint32_t *places, size_t *above) {
    const __m512 least = _mm512_set1_ps(low), most = _mm512_set1_ps(high);
    const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    size_t found = 0, over = 0;
    for (size_t i = 0; i < count; i += 16) {
        __mmask16 valid = count - i < 16 ? (__mmask16)((1u << (count - i)) - 1) : (__mmask16)0xffff;
        __m512 v = _mm512_maskz_loadu_ps(valid, x + i);
        __mmask16 below = _mm512_mask_cmp_ps_mask(valid, v, least, _CMP_LT_OQ);
        __mmask16 beyond = _mm512_mask_cmp_ps_mask(valid, v, most, _CMP_GT_OQ);
        over += (size_t)__builtin_popcount(beyond);
        __mmask16 mask = valid & (__mmask16)~(below | beyond);
        if (!mask) continue;
        __m512i place = _mm512_add_epi32(lanes, _mm512_set1_epi32((int)i));
        _mm512_storeu_si512(places + found, _mm512_maskz_compress_epi32(mask, place));
        found += (size_t)__builtin_popcount(mask);
    }
    *above = over;
    return found;
}

TARGET_AVX512 static size_t list_avx512(const float *x, size_t count, float low, uint32_t *places, float *listed) {
    const __m512 bound = _mm512_set1_ps(low);
    const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    size_t found = 0;
    for (size_t i = 0; i < count; i += 16) {
        __mmask16 valid = count - i < 16 ? (__mmask16)((1u << (count - i)) - 1) : (__mmask16)0xffff;
        __m512 v = _mm512_maskz_loadu_ps(valid, x + i);
        __mmask16 mask = _mm512_mask_cmp_ps_mask(valid, v, bound, _CMP_GE_OQ);
        if (!mask) continue;
        const __m512i place = _mm512_add_epi32(lanes, _mm512_set1_epi32((int)i));
        if (places) _mm512_storeu_si512(places + found, _mm512_maskz_compress_epi32(mask, place));
        _mm512_storeu_ps(listed + found, _mm512_maskz_compress_ps(mask, v));
        found += (size_t)__builtin_popcount(mask);
    }
    return found;
}
#endif

#if defined(__aarch64__)
#include "select/select_neon.h"
#endif

#define LEVEL(SUFFIX, TARGET)                                                            \
    TARGET static float rank_##SUFFIX(const float *x, size_t count, size_t r, float *room) { \
        return rank(x, count, r, room);                                                      \
    }

LEVEL(portable, )
#if defined(__x86_64__)
LEVEL(avx2, TARGET_AVX2)
LEVEL(avx512, TARGET_AVX512)
#endif

float ck_rank(const float *x, size_t count, size_t r, float *room) { DISPATCH(rank, x, count, r, room); }

size_t ck_keep(uint32_t *ids, float *x, size_t count, float low) {
    DISPATCH_NEON(keep, ids, x, count, low);
    DISPATCH(keep, ids, x, count, low);
}

size_t ck_list(const float *x, size_t count, float low, uint32_t *places, float *listed) {
    DISPATCH_NEON(list, x, count, low, places, listed);
    DISPATCH(list, x, count, low, places, listed);
}

size_t ck_band(const float *x, size_t count, float low, float high, uint32_t *places, size_t *above) {
    DISPATCH_NEON(band, x, count, low, high, places, above);
    DISPATCH(band, x, count, low, high, places, above);
}
