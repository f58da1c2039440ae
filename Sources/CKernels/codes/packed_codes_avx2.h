// The scan of packed codes with AVX2: fields of a byte against the query in 16 bits, eight dimension groups at a time, which
// cannot overflow (8 * 2 * 15 * 127 < 2^15), then in 32 bits.

/// Dimension groups (of four) whose sums fit 16 bits.
enum { STRETCH = 8 };

/// 16-bit sums of pairs over a stretch, a register for each 8 keys, to 32-bit sums, which start at 0 with the first.
TARGET_AVX2 CK_INLINE void widen_avx2(const __m256i *pairs, int is_first, __m256i *sums) {
    const __m256i ones = _mm256_set1_epi16(1);
#pragma clang loop unroll(full)
    for (int part = 0; part < 8; part++) {
        const __m256i sum = _mm256_madd_epi16(pairs[part], ones);
        sums[part] = is_first ? sum : _mm256_add_epi32(sums[part], sum);
    }
}

/// Adds one dimension group of the high bits: 128 bytes. Register r of it holds keys 8 (r % 2) + 32 (r / 2) on in the low
/// halves of its bytes, and those 16 further in the high ones.
TARGET_AVX2 CK_INLINE void add_high_avx2(const uint8_t *codes, __m256i y, __m256i *pairs) {
    const __m256i fifteen = _mm256_set1_epi8(15);
#pragma clang loop unroll(full)
    for (int r = 0; r < 4; r++) {
        const __m256i c = _mm256_loadu_si256((const __m256i *)(codes + 32 * r));
        const int low = 4 * (r / 2) + r % 2;
        pairs[low] = _mm256_add_epi16(pairs[low], _mm256_maddubs_epi16(_mm256_and_si256(c, fifteen), y));
        pairs[low + 2] = _mm256_add_epi16(
            pairs[low + 2], _mm256_maddubs_epi16(_mm256_and_si256(_mm256_srli_epi16(c, 4), fifteen), y));
    }
}

/// The same of the low 2 bits: 64 bytes, with keys j, j + 16, j + 32 and j + 48 in the fields of a byte.
TARGET_AVX2 CK_INLINE void add_low_avx2(const uint8_t *codes, __m256i y, __m256i *pairs) {
    const __m256i three = _mm256_set1_epi8(3);
#pragma clang loop unroll(full)
    for (int r = 0; r < 2; r++) {
        const __m256i c = _mm256_loadu_si256((const __m256i *)(codes + 32 * r));
#pragma clang loop unroll(full)
        for (int field = 0; field < 4; field++)
            pairs[2 * field + r] = _mm256_add_epi16(
                pairs[2 * field + r],
                _mm256_maddubs_epi16(_mm256_and_si256(_mm256_srli_epi16(c, 2 * field), three), y));
    }
}

/// Sums of codes times the query over all dimension groups, a register for each 8 keys.
#define SUMS(NAME, ADD, BYTES)                                                                                     \
    TARGET_AVX2 CK_INLINE void NAME(const uint8_t *codes, const int32_t *query, size_t vectors, __m256i *sums) {    \
        for (size_t first = 0; first < vectors; first += STRETCH) {                                                \
            const size_t last = vectors - first < STRETCH ? vectors : first + STRETCH;                              \
            __m256i pairs[8];                                                                                      \
            for (int part = 0; part < 8; part++) pairs[part] = _mm256_setzero_si256();                              \
            for (size_t v = first; v < last; v++) ADD(codes + (BYTES) * v, _mm256_set1_epi32(query[v]), pairs);     \
            widen_avx2(pairs, first == 0, sums);                                                                   \
        }                                                                                                          \
    }

SUMS(high_sums_avx2, add_high_avx2, 128)
SUMS(low_sums_avx2, add_low_avx2, 64)
#undef SUMS

TARGET_AVX2 CK_INLINE size_t scan_avx2_body(
    const ck_coded *c, const ck_key_query *x, const float *q, size_t first_group, size_t last_group, uint32_t *ids,
    size_t *pruned, size_t vectors, int bits) {
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
            if (bits == 6) low_sums_avx2(codes + 128 * vectors, query, vectors, low);
            uint64_t candidates = 0;
#pragma clang loop unroll(full)
            for (int part = 0; part < 8; part++) {
                const __m256i sum = bits == 6
                                        ? _mm256_add_epi32(_mm256_slli_epi32(sums[part], 6), _mm256_slli_epi32(low[part], 4))
                                        : _mm256_slli_epi32(sums[part], 4);
                const __m256i error = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(errors + 8 * part)));
                const __m256i reach = _mm256_add_epi32(sum, _mm256_mullo_epi32(error, slope));
                const int passes = _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpgt_epi32(reach, below)));
                candidates |= (uint64_t)(uint32_t)passes << (8 * part);
            }
            const size_t first = block * CK_BLOCK, present = c->count - first;
            if (present < CK_BLOCK) candidates &= ((uint64_t)1 << present) - 1;
            found += expand_bits(candidates, (uint32_t)first, ids + found);
        }
    }
    return found;
}

TARGET_AVX2 static size_t scan_avx2(
    const ck_coded *c, const ck_key_query *x, const float *q, size_t first_group, size_t last_group, uint32_t *ids,
    size_t *pruned) {
    const size_t vectors = (c->d + 3) / 4;
    // Short loops are compiled with their length known.
#define LENGTH(VECTORS, BITS)                                                                                      \
    if (vectors == (VECTORS) && c->bits == (BITS))                                                                 \
    return scan_avx2_body(c, x, q, first_group, last_group, ids, pruned, VECTORS, BITS)
    LENGTH(3, 4);
    LENGTH(4, 4);
    LENGTH(8, 4);
    LENGTH(16, 6);
#undef LENGTH
    if (c->bits == 6) return scan_avx2_body(c, x, q, first_group, last_group, ids, pruned, vectors, 6);
    return scan_avx2_body(c, x, q, first_group, last_group, ids, pruned, vectors, 4);
}
