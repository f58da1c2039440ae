// The candidates of fine codes with VNNI in 256 bits, in the encoding of AVX and in that of AVX-512.

/// Four dimensions of a key in one instruction, in 256 bits: a mask of 64 keys whose sums are `least` or more.
#define VNNI256(SUFFIX, TARGET, DOT)                                                                                   \
    TARGET CK_INLINE uint64_t block_##SUFFIX(                                                                          \
        const uint8_t *codes, const int32_t *query, int32_t groups, __m256i offset, int32_t least) {                   \
        const __m256i below = _mm256_set1_epi32(least - 1);                                                            \
        __m256i sums[8];                                                                                               \
        for (int part = 0; part < 8; part++) sums[part] = offset;                                                      \
        for (int32_t g = 0; g < groups; g++, codes += 4 * BLOCK) {                                                     \
            const __m256i q = _mm256_set1_epi32(query[g]);                                                             \
            _Pragma("clang loop unroll(full)") for (int part = 0; part < 8; part++)                                    \
                sums[part] = DOT(sums[part], _mm256_loadu_si256((const __m256i *)(codes + 32 * part)), q);             \
        }                                                                                                              \
        uint64_t mask = 0;                                                                                             \
        _Pragma("clang loop unroll(full)") for (int part = 0; part < 8; part++) {                                      \
            const __m256i reaches = _mm256_cmpgt_epi32(sums[part], below);                                             \
            mask |= (uint64_t)(uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(reaches)) << (8 * part);                \
        }                                                                                                              \
        return mask;                                                                                                   \
    }                                                                                                                  \
    TARGET CK_INLINE size_t candidates_of_##SUFFIX(                                                                    \
        const ck_codes *codes, size_t first, size_t last, const ck_coded_query *query, float lower, uint32_t *ids,     \
        int32_t groups) {                                                                                              \
        const __m256i offset = _mm256_set1_epi32(-(codes->most + 1) * query->sum);                                     \
        int32_t words[CK_MOST_DIMENSIONS / 4], leasts[RUN];                                                            \
        uint64_t masks[RUN];                                                                                           \
        __builtin_memcpy(words, query->codes, 4 * (size_t)groups);                                                     \
        size_t found = 0;                                                                                              \
        for (size_t start = first; start < last; start += RUN) {                                                       \
            const size_t run = last - start < RUN ? last - start : RUN;                                                \
            least_sums(codes, start, start + run, query, lower, leasts);                                               \
            const uint8_t *c = codes->codes + start * (size_t)groups * 4 * BLOCK;                                      \
            for (size_t i = 0; i < run; i++, c += groups * 4 * BLOCK)                                                  \
                masks[i] = block_##SUFFIX(c, words, groups, offset, leasts[i]);                                        \
            found += expand(masks, run, start, ids + found);                                                           \
        }                                                                                                              \
        while (found > 0 && ids[found - 1] >= codes->count) found--;                                                   \
        return found;                                                                                                  \
    }                                                                                                                  \
    TARGET static size_t candidates_##SUFFIX(                                                                          \
        const ck_codes *codes, size_t first, size_t last, const ck_coded_query *query, float lower, uint32_t *ids) {   \
        if (codes->groups > CK_MOST_DIMENSIONS / 4) return candidates(codes, first, last, query, lower, ids);          \
        /* Short loops are compiled with their length known. */                                                        \
        switch (codes->groups) {                                                                                       \
        case 2: return candidates_of_##SUFFIX(codes, first, last, query, lower, ids, 2);                               \
        case 4: return candidates_of_##SUFFIX(codes, first, last, query, lower, ids, 4);                               \
        case 16: return candidates_of_##SUFFIX(codes, first, last, query, lower, ids, 16);                             \
        default: return candidates_of_##SUFFIX(codes, first, last, query, lower, ids, codes->groups);                  \
        }                                                                                                              \
    }

VNNI256(avxvnni, TARGET_AVXVNNI, _mm256_dpbusd_avx_epi32)
VNNI256(vnni256, TARGET_VNNI256, _mm256_dpbusd_epi32)
#undef VNNI256
