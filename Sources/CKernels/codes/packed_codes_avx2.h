// The scan of packed codes in 256 bits. With AVX2: fields of a byte against the query in 16 bits, eight dimension groups at a
// time, which cannot overflow (8 * 2 * 15 * 127 < 2^15), then in 32 bits. With VNNI: four dimensions in one instruction, in 32
// bits at once.

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

/// 16 times the sums of codes and query.
TARGET_AVX2 CK_INLINE void sixteenfold_avx2(
    const uint8_t *codes, const int32_t *query, size_t vectors, int bits, __m256i *sums) {
    __m256i low[8];
    high_sums_avx2(codes, query, vectors, sums);
    if (bits == 6) low_sums_avx2(codes + 128 * vectors, query, vectors, low);
#pragma clang loop unroll(full)
    for (int part = 0; part < 8; part++)
        sums[part] = bits == 6 ? _mm256_add_epi32(_mm256_slli_epi32(sums[part], 6), _mm256_slli_epi32(low[part], 4))
                               : _mm256_slli_epi32(sums[part], 4);
}

/// The same with VNNI. Fields stay where they are in their byte: a field at bit s has sums 2^s too large, which only the whole
/// sum must heed.
#define SIXTEENFOLD(NAME, TARGET, DOT)                                                                                 \
    TARGET CK_INLINE void NAME(                                                                                        \
        const uint8_t *codes, const int32_t *query, size_t vectors, int bits, __m256i *sums) {                          \
        const __m256i none = _mm256_setzero_si256(), fifteen = _mm256_set1_epi8(15), upper = _mm256_set1_epi8(-16);     \
        for (int part = 0; part < 8; part++) sums[part] = none;                                                        \
        for (size_t v = 0; v < vectors; v++, codes += 128) {                                                           \
            const __m256i y = _mm256_set1_epi32(query[v]);                                                             \
            _Pragma("clang loop unroll(full)") for (int r = 0; r < 4; r++) {                                           \
                const __m256i c = _mm256_loadu_si256((const __m256i *)(codes + 32 * r));                               \
                const int low = 4 * (r / 2) + r % 2;                                                                   \
                sums[low] = DOT(sums[low], _mm256_and_si256(c, fifteen), y);                                           \
                sums[low + 2] = DOT(sums[low + 2], _mm256_and_si256(c, upper), y);                                     \
            }                                                                                                          \
        }                                                                                                              \
        const int up = bits == 6 ? 2 : 0;                                                                              \
        _Pragma("clang loop unroll(full)") for (int part = 0; part < 8; part++)                                        \
            sums[part] = _mm256_slli_epi32(sums[part], up + (part & 2 ? 0 : 4));                                       \
        if (bits != 6) return;                                                                                         \
        __m256i rest[8];                                                                                               \
        for (int part = 0; part < 8; part++) rest[part] = none;                                                        \
        for (size_t v = 0; v < vectors; v++, codes += 64) {                                                            \
            const __m256i y = _mm256_set1_epi32(query[v]);                                                             \
            _Pragma("clang loop unroll(full)") for (int part = 0; part < 8; part++) {                                  \
                const __m256i c = _mm256_loadu_si256((const __m256i *)(codes + 32 * (part % 2)));                      \
                const __m256i field = _mm256_set1_epi8((char)(3 << (part & 6)));                                       \
                rest[part] = DOT(rest[part], _mm256_and_si256(c, field), y);                                           \
            }                                                                                                          \
        }                                                                                                              \
        _Pragma("clang loop unroll(full)") for (int part = 0; part < 8; part++) {                                      \
            const int shift = 4 - (part & 6);                                                                          \
            rest[part] = shift < 0 ? _mm256_srai_epi32(rest[part], 2) : _mm256_slli_epi32(rest[part], shift);           \
            sums[part] = _mm256_add_epi32(sums[part], rest[part]);                                                     \
        }                                                                                                              \
    }

SIXTEENFOLD(sixteenfold_avxvnni, TARGET_AVXVNNI, _mm256_dpbusd_avx_epi32)
SIXTEENFOLD(sixteenfold_vnni256, TARGET_VNNI256, _mm256_dpbusd_epi32)
#undef SIXTEENFOLD

#define SCAN256(SUFFIX, TARGET)                                                                                        \
    TARGET CK_INLINE size_t scan_body_##SUFFIX(                                                                        \
        const ck_coded *c, const ck_key_query *x, const float *q, size_t first_group, size_t last_group,                \
        uint32_t *ids, size_t *pruned, size_t vectors, int bits) {                                                     \
        int32_t query[CK_MOST_DIMENSIONS / 4];                                                                         \
        __builtin_memcpy(query, x->codes, vectors * 4);                                                                \
        size_t found = 0;                                                                                              \
        float base[32];                                                                                                \
        for (size_t g = first_group; g < last_group; g++) {                                                            \
            if ((g - first_group) % 16 == 0) bases(c, q, g, g + 16 < last_group ? g + 16 : last_group, base);          \
            const group_bound bound = bound_of(c, x, c->groups + g, base[(g - first_group) % 16]);                     \
            if (bound.outside) {                                                                                       \
                ++*pruned;                                                                                             \
                continue;                                                                                              \
            }                                                                                                          \
            const __m256i below = _mm256_set1_epi32(bound.least - 1), slope = _mm256_set1_epi32(bound.slope);          \
            for (size_t block = g * BLOCKS; block < (g + 1) * BLOCKS && block * CK_BLOCK < c->count; block++) {        \
                const uint8_t *codes = c->codes + block * c->block_bytes;                                              \
                const uint8_t *errors = codes + c->block_bytes - CK_BLOCK;                                             \
                __m256i sums[8];                                                                                       \
                sixteenfold_##SUFFIX(codes, query, vectors, bits, sums);                                               \
                uint64_t candidates = 0;                                                                               \
                _Pragma("clang loop unroll(full)") for (int part = 0; part < 8; part++) {                              \
                    const __m256i error = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(errors + 8 * part))); \
                    const __m256i reach = _mm256_add_epi32(sums[part], _mm256_mullo_epi32(error, slope));              \
                    const int passes = _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpgt_epi32(reach, below)));      \
                    candidates |= (uint64_t)(uint32_t)passes << (8 * part);                                            \
                }                                                                                                      \
                const size_t first = block * CK_BLOCK, present = c->count - first;                                     \
                if (present < CK_BLOCK) candidates &= ((uint64_t)1 << present) - 1;                                    \
                found += expand_bits(candidates, (uint32_t)first, ids + found);                                        \
            }                                                                                                          \
        }                                                                                                              \
        return found;                                                                                                  \
    }                                                                                                                  \
                                                                                                                       \
    TARGET static size_t scan_##SUFFIX(                                                                                \
        const ck_coded *c, const ck_key_query *x, const float *q, size_t first_group, size_t last_group,               \
        uint32_t *ids, size_t *pruned) {                                                                               \
        const size_t vectors = (c->d + 3) / 4;                                                                         \
        /* Short loops are compiled with their length known. */                                                        \
        LENGTH(SUFFIX, 3, 4);                                                                                          \
        LENGTH(SUFFIX, 4, 4);                                                                                          \
        LENGTH(SUFFIX, 8, 4);                                                                                          \
        LENGTH(SUFFIX, 16, 6);                                                                                         \
        if (c->bits == 6) return scan_body_##SUFFIX(c, x, q, first_group, last_group, ids, pruned, vectors, 6);        \
        return scan_body_##SUFFIX(c, x, q, first_group, last_group, ids, pruned, vectors, 4);                          \
    }

#define LENGTH(SUFFIX, VECTORS, BITS)                                                                                  \
    if (vectors == (VECTORS) && c->bits == (BITS))                                                                     \
    return scan_body_##SUFFIX(c, x, q, first_group, last_group, ids, pruned, VECTORS, BITS)

SCAN256(avx2, TARGET_AVX2)
SCAN256(avxvnni, TARGET_AVXVNNI)
SCAN256(vnni256, TARGET_VNNI256)
#undef SCAN256
#undef LENGTH
