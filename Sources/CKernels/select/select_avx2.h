// Selection of floats with AVX2, eight at a time.

/// The lanes of 8 that are there when `left` floats are left.
CK_INLINE uint32_t there8(size_t left) { return left < 8 ? (1u << left) - 1 : 0xff; }

/// Eight floats, of which `left` may be read.
TARGET_AVX2 CK_INLINE __m256 load8(const float *x, size_t left) {
    if (left >= 8) return _mm256_loadu_ps(x);
    float some[8] = {0};
    for (size_t i = 0; i < left; i++) some[i] = x[i];
    return _mm256_loadu_ps(some);
}

#define LANES8(first) _mm256_add_epi32(_mm256_set1_epi32((int)(first)), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7))

TARGET_AVX2 static size_t keep_avx2(uint32_t *ids, float *x, size_t count, float low) {
    const __m256 bound = _mm256_set1_ps(low);
    size_t kept = 0, i = 0;
    // Whole vectors alone: those written end where those read do.
    for (; i + 8 <= count; i += 8) {
        const __m256 v = _mm256_loadu_ps(x + i);
        const uint32_t passes = (uint32_t)_mm256_movemask_ps(_mm256_cmp_ps(v, bound, _CMP_NLT_UQ));
        kept += compress8(passes, _mm256_loadu_si256((const __m256i *)(ids + i)), v, ids + kept, x + kept);
    }
    for (; i < count; i++) {
        const float v = x[i];
        ids[kept] = ids[i];
        x[kept] = v;
        kept += !(v < low);
    }
    return kept;
}

TARGET_AVX2 static size_t list_avx2(const float *x, size_t count, float low, uint32_t *places, float *listed) {
    const __m256 bound = _mm256_set1_ps(low);
    size_t found = 0;
    for (size_t i = 0; i < count; i += 8) {
        const __m256 v = load8(x + i, count - i);
        const uint32_t passes =
            there8(count - i) & (uint32_t)_mm256_movemask_ps(_mm256_cmp_ps(v, bound, _CMP_GE_OQ));
        if (!passes) continue;
        const __m256i order = compress8_order(passes);
        if (places) _mm256_storeu_si256((__m256i *)(places + found), _mm256_permutevar8x32_epi32(LANES8(i), order));
        _mm256_storeu_ps(listed + found, _mm256_permutevar8x32_ps(v, order));
        found += (size_t)__builtin_popcount(passes);
    }
    return found;
}

TARGET_AVX2 static size_t band_avx2(
    const float *x, size_t count, float low, float high, uint32_t *places, size_t *above) {
    const __m256 least = _mm256_set1_ps(low), most = _mm256_set1_ps(high);
    size_t found = 0, over = 0;
    for (size_t i = 0; i < count; i += 8) {
        const __m256 v = load8(x + i, count - i);
        const uint32_t valid = there8(count - i);
        const uint32_t below = valid & (uint32_t)_mm256_movemask_ps(_mm256_cmp_ps(v, least, _CMP_LT_OQ));
        const uint32_t beyond = valid & (uint32_t)_mm256_movemask_ps(_mm256_cmp_ps(v, most, _CMP_GT_OQ));
        over += (size_t)__builtin_popcount(beyond);
        const uint32_t within = valid & ~(below | beyond);
        if (!within) continue;
        _mm256_storeu_si256(
            (__m256i *)(places + found), _mm256_permutevar8x32_epi32(LANES8(i), compress8_order(within)));
        found += (size_t)__builtin_popcount(within);
    }
    *above = over;
    return found;
}
