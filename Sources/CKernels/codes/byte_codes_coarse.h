// The candidates of coarse codes, whose sums fit 16 bits.

static size_t coarse_portable(
    const ck_codes *codes, size_t first, size_t last, const ck_coded_query *query, float lower, uint32_t *ids) {
    size_t found = 0;
    const int32_t offset = -(CK_CODE_COARSE + 1) * query->sum;
    const uint8_t *c = codes->codes + first * (size_t)codes->groups * 4 * BLOCK;
    for (size_t block = first; block < last; block++) {
        int32_t sums[BLOCK];
        for (int i = 0; i < BLOCK; i++) sums[i] = offset;
        for (int32_t pair = 0; pair < 2 * codes->groups; pair++, c += 2 * BLOCK) {
            const int8_t *q = query->codes + 2 * pair;
            for (int i = 0; i < BLOCK; i++) sums[i] += c[2 * i] * q[0] + c[2 * i + 1] * q[1];
        }
        const int32_t least = least_sum(codes, block, query, lower);
        for (size_t i = 0; i < BLOCK; i++) {
            ids[found] = (uint32_t)(block * BLOCK + i);
            found += sums[coarse_place(i)] >= least;
        }
    }
    while (found > 0 && ids[found - 1] >= codes->count) found--;
    return found;
}

#if defined(__x86_64__)
/// The sums of a block with a query, two entries in an instruction: a mask of the keys whose sums are above `below`. Sums may
/// leave 16 bits on their way, since what they come to does not.
TARGET_AVX2 CK_INLINE uint64_t coarse_block_avx2(
    const uint8_t *codes, const int32_t *query, int32_t pairs, __m256i offset, __m256i below) {
    __m256i sums[4] = {offset, offset, offset, offset};
    for (int32_t pair = 0; pair < pairs; pair++, codes += 2 * BLOCK) {
        const __m256i q = _mm256_set1_epi32(query[pair]);
#pragma clang loop unroll(full)
        for (int part = 0; part < 4; part++)
            sums[part] = _mm256_add_epi16(
                sums[part], _mm256_maddubs_epi16(_mm256_loadu_si256((const __m256i *)(codes + 32 * part)), q));
    }
#pragma clang loop unroll(full)
    for (int part = 0; part < 4; part++) sums[part] = _mm256_cmpgt_epi16(sums[part], below);
    const uint32_t low = (uint32_t)_mm256_movemask_epi8(_mm256_packs_epi16(sums[0], sums[1]));
    const uint32_t high = (uint32_t)_mm256_movemask_epi8(_mm256_packs_epi16(sums[2], sums[3]));
    return low | (uint64_t)high << 32;
}

TARGET_AVX2 CK_INLINE size_t coarse_of_avx2(
    const ck_codes *codes, size_t first, size_t last, const ck_coded_query *query, float lower, uint32_t *ids,
    int32_t pairs) {
    const __m256i offset = _mm256_set1_epi16((int16_t)(-(CK_CODE_COARSE + 1) * query->sum));
    int32_t words[CK_MOST_DIMENSIONS / 2], leasts[RUN];
    uint64_t masks[RUN];
    for (int32_t pair = 0; pair < pairs; pair++) {
        uint16_t word;
        __builtin_memcpy(&word, query->codes + 2 * pair, sizeof word);
        words[pair] = (int32_t)(word * 0x10001u);
    }
    size_t found = 0;
    for (size_t start = first; start < last; start += RUN) {
        const size_t run = last - start < RUN ? last - start : RUN;
        least_sums(codes, start, start + run, query, lower, leasts);
        const uint8_t *c = codes->codes + start * (size_t)pairs * 2 * BLOCK;
        for (size_t i = 0; i < run; i++, c += pairs * 2 * BLOCK) {
            const int32_t below = leasts[i] > INT16_MAX ? INT16_MAX : leasts[i] <= INT16_MIN ? INT16_MIN : leasts[i] - 1;
            masks[i] = coarse_block_avx2(c, words, pairs, offset, _mm256_set1_epi16((int16_t)below));
        }
        found += expand(masks, run, start, ids + found);
    }
    while (found > 0 && ids[found - 1] >= codes->count) found--;
    return found;
}

TARGET_AVX2 static size_t coarse_avx2(
    const ck_codes *codes, size_t first, size_t last, const ck_coded_query *query, float lower, uint32_t *ids) {
    // Short loops are compiled with their length known.
    switch (codes->groups) {
    case 2: return coarse_of_avx2(codes, first, last, query, lower, ids, 4);
    case 3: return coarse_of_avx2(codes, first, last, query, lower, ids, 6);
    case 4: return coarse_of_avx2(codes, first, last, query, lower, ids, 8);
    case 16: return coarse_of_avx2(codes, first, last, query, lower, ids, 32);
    default: return coarse_of_avx2(codes, first, last, query, lower, ids, 2 * codes->groups);
    }
}
#endif

/// The same at the best level that has something of its own for them: coarse codes are made where only AVX2 reads them.
static size_t coarse_candidates(
    const ck_codes *codes, size_t first, size_t last, const ck_coded_query *query, float lower, uint32_t *ids) {
#if defined(__x86_64__)
    if (ck_level() >= CK_AVX2 && codes->groups <= CK_MOST_DIMENSIONS / 4)
        return coarse_avx2(codes, first, last, query, lower, ids);
#endif
    return coarse_portable(codes, first, last, query, lower, ids);
}
