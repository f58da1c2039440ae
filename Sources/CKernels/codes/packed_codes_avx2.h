// The scan of packed codes with AVX2: fields of a byte against the query in 16 bits, eight dimension groups at a time, which
// cannot overflow (8 * 2 * 15 * 127 < 2^15), then in 32 bits.

/// Dimension groups (of four) whose sums fit 16 bits.
enum { STRETCH = 8 };

/// Adds a stretch's 16-bit sums of pairs to 32-bit sums: eight keys a register.
#define WIDEN(sums, part, pairs)                                                                                   \
    _mm256_store_si256(                                                                                            \
        (sums) + (part),                                                                                           \
        _mm256_add_epi32(_mm256_load_si256((sums) + (part)), _mm256_madd_epi16(pairs, ones)))

/// The sums of codes of a block: 64 bytes a group and half block, high bits; 8 registers of 8 keys, 0-7 in the first.
TARGET_AVX2 CK_INLINE void high_sums_avx2(const uint8_t *codes, const int32_t *query, size_t vectors, __m256i *sums) {
    const __m256i fifteen = _mm256_set1_epi8(15), ones = _mm256_set1_epi16(1);
    for (int part = 0; part < 8; part++) sums[part] = _mm256_setzero_si256();
    for (size_t first = 0; first < vectors; first += STRETCH) {
        const size_t last = vectors - first < STRETCH ? vectors : first + STRETCH;
        __m256i pairs[8];
#pragma clang loop unroll(full)
        for (int part = 0; part < 8; part++) pairs[part] = _mm256_setzero_si256();
        for (size_t v = first; v < last; v++) {
            const __m256i y = _mm256_set1_epi32(query[v]);
            const uint8_t *at = codes + 128 * v;
#pragma clang loop unroll(full)
            for (int r = 0; r < 4; r++) {
                // Register r of a group: keys 8 (r % 2) + 32 (r / 2) on in the low halves, and those 16 further in the high ones.
                const __m256i c = _mm256_loadu_si256((const __m256i *)(at + 32 * r));
                const int low = 4 * (r / 2) + r % 2;
                pairs[low] = _mm256_add_epi16(pairs[low], _mm256_maddubs_epi16(_mm256_and_si256(c, fifteen), y));
                pairs[low + 2] = _mm256_add_epi16(
                    pairs[low + 2], _mm256_maddubs_epi16(_mm256_and_si256(_mm256_srli_epi16(c, 4), fifteen), y));
            }
        }
#pragma clang loop unroll(full)
        for (int part = 0; part < 8; part++) WIDEN(sums, part, pairs[part]);
    }
}

/// The same of the low 2 bits: 64 bytes a group, keys j, j + 16, j + 32 and j + 48 of a byte.
TARGET_AVX2 CK_INLINE void low_sums_avx2(const uint8_t *codes, const int32_t *query, size_t vectors, __m256i *sums) {
    const __m256i three = _mm256_set1_epi8(3), ones = _mm256_set1_epi16(1);
    for (int part = 0; part < 8; part++) sums[part] = _mm256_setzero_si256();
    for (size_t first = 0; first < vectors; first += STRETCH) {
        const size_t last = vectors - first < STRETCH ? vectors : first + STRETCH;
        __m256i pairs[8];
#pragma clang loop unroll(full)
        for (int part = 0; part < 8; part++) pairs[part] = _mm256_setzero_si256();
        for (size_t v = first; v < last; v++) {
            const __m256i y = _mm256_set1_epi32(query[v]);
#pragma clang loop unroll(full)
            for (int r = 0; r < 2; r++) {
                const __m256i c = _mm256_loadu_si256((const __m256i *)(codes + 64 * v + 32 * r));
#define FIELD(field)                                                                                               \
    pairs[2 * (field) + r] = _mm256_add_epi16(                                                                     \
        pairs[2 * (field) + r],                                                                                    \
        _mm256_maddubs_epi16(_mm256_and_si256(_mm256_srli_epi16(c, 2 * (field)), three), y))
                FIELD(0);
                FIELD(1);
                FIELD(2);
                FIELD(3);
#undef FIELD
            }
        }
#pragma clang loop unroll(full)
        for (int part = 0; part < 8; part++) WIDEN(sums, part, pairs[part]);
    }
}

TARGET_AVX2 static size_t scan_avx2(
    const ck_coded *c, const ck_key_query *x, const float *q, size_t first_group, size_t last_group, uint32_t *ids,
    size_t *pruned) {
    const size_t vectors = (c->d + 3) / 4;
    int32_t query[CK_MOST_DIMENSIONS / 4];
    __builtin_memcpy(query, x->codes, vectors * 4);
    size_t found = 0;
    float base[32];
    for (size_t g = first_group; g < last_group; g++) {
        if ((g - first_group) % 16 == 0) bases(c, q, g, g + 16 < last_group ? g + 16 : last_group, base);
        const group_bound bound = bound_of(c, x, c->groups + g, base[(g - first_group) % 16]);
        if (bound.outside) {
            ++*pruned;
            continue;
        }
        const __m256i below = _mm256_set1_epi32(bound.least - 1), slope = _mm256_set1_epi32(bound.slope);
        for (size_t block = g * BLOCKS; block < (g + 1) * BLOCKS && block * CK_BLOCK < c->count; block++) {
            const uint8_t *codes = c->codes + block * c->block_bytes;
            const uint8_t *errors = codes + c->block_bytes - CK_BLOCK;
            __m256i sums[8], low[8];
            high_sums_avx2(codes, query, vectors, sums);
            if (c->bits == 6) low_sums_avx2(codes + 128 * vectors, query, vectors, low);
            uint64_t candidates = 0;
            for (int part = 0; part < 8; part++) {
                const __m256i sum = c->bits == 6
                                        ? _mm256_add_epi32(_mm256_slli_epi32(sums[part], 6), _mm256_slli_epi32(low[part], 4))
                                        : _mm256_slli_epi32(sums[part], 4);
                const __m256i error = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(errors + 8 * part)));
                const __m256i reach = _mm256_add_epi32(sum, _mm256_mullo_epi32(error, slope));
                const int passes = _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpgt_epi32(reach, below)));
                candidates |= (uint64_t)(uint32_t)passes << (8 * part);
            }
            const size_t first = block * CK_BLOCK, present = c->count - first;
            if (present < CK_BLOCK) candidates &= ((uint64_t)1 << present) - 1;
            // Few keys of a block pass, mostly.
            for (; candidates != 0; candidates &= candidates - 1)
                ids[found++] = (uint32_t)first + (uint32_t)__builtin_ctzll(candidates);
        }
    }
    return found;
}

#undef WIDEN
