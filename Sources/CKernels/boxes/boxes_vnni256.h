// Leaves and keys of boxes with VNNI in 256 bits, in the encoding of AVX and in that of AVX-512.

#define VNNI256(SUFFIX, TARGET, DOT)                                                                                   \
    TARGET static size_t leaves_##SUFFIX(                                                                              \
        const ck_boxes *b, const ck_boxes_query *x, const uint32_t *nodes, const float *dots, size_t count,            \
        uint32_t *leaves, int32_t *leasts, size_t *whole) {                                                            \
        const size_t vectors = (b->d + 3) / 4;                                                                         \
        int32_t high[CK_BOXES_MOST / 4], low[CK_BOXES_MOST / 4], absolute[CK_BOXES_MOST / 4];                          \
        memcpy(high, x->high, 4 * vectors);                                                                            \
        memcpy(low, x->low, 4 * vectors);                                                                              \
        memcpy(absolute, x->absolute, 4 * vectors);                                                                    \
        size_t found = 0;                                                                                              \
        for (size_t i = 0; i < count; i++) {                                                                           \
            const uint8_t *box = b->boxes + nodes[i] * b->box_bytes;                                                   \
            if (i + 16 < count) fetch(b->boxes + nodes[i + 16] * b->box_bytes, b->box_bytes);                          \
            const node_bound bound = node_bound_of(x, box);                                                            \
            __m256i s[2], r[2], h[2];                                                                                  \
            for (int eight = 0; eight < 2; eight++) {                                                                  \
                s[eight] = _mm256_set1_epi32(-x->sum);                                                                 \
                r[eight] = h[eight] = _mm256_setzero_si256();                                                          \
            }                                                                                                          \
            const uint8_t *at = box + CK_NODE_HEAD;                                                                    \
            for (size_t v = 0; v < vectors; v++, at += 128) {                                                          \
                _Pragma("clang loop unroll(full)") for (int eight = 0; eight < 2; eight++) {                           \
                    const __m256i c = _mm256_loadu_si256((const __m256i *)(at + 32 * eight));                          \
                    const __m256i w = _mm256_loadu_si256((const __m256i *)(at + 64 + 32 * eight));                     \
                    s[eight] = DOT(s[eight], c, _mm256_set1_epi32(high[v]));                                           \
                    r[eight] = DOT(r[eight], c, _mm256_set1_epi32(low[v]));                                            \
                    h[eight] = DOT(h[eight], w, _mm256_set1_epi32(absolute[v]));                                       \
                }                                                                                                      \
            }                                                                                                          \
            for (int eight = 0; eight < 2; eight++)                                                                    \
                found += eight_leaves(                                                                                 \
                    b, x, box + 8 * eight, &bound, dots[i], (size_t)nodes[i] * CK_LEAVES + 8 * (size_t)eight,          \
                    _mm256_add_epi32(_mm256_slli_epi32(s[eight], 7), r[eight]), h[eight], leaves + found,              \
                    leasts + found, whole);                                                                            \
        }                                                                                                              \
        return found;                                                                                                  \
    }                                                                                                                  \
                                                                                                                       \
    /* High halves of bytes stay where they are, and their sums are 16 times too large, as those of all should be. */  \
    TARGET CK_INLINE size_t keys_##SUFFIX##_body(                                                                      \
        const ck_boxes *b, const ck_boxes_query *x, const uint32_t *leaves, const int32_t *leasts, size_t count,       \
        uint32_t *ids, size_t vectors) {                                                                               \
        const __m256i fifteen = _mm256_set1_epi8(15);                                                                  \
        int32_t query[CK_BOXES_MOST / 4];                                                                              \
        memcpy(query, x->high, 4 * vectors);                                                                           \
        size_t found = 0;                                                                                              \
        fetch_leaves(b, leaves, count, vectors);                                                                       \
        for (size_t i = 0; i < count; i++) {                                                                           \
            const uint8_t *leaf = codes_of(b, leaves, i, count, vectors);                                              \
            __m256i sums[4];                                                                                           \
            for (int part = 0; part < 4; part++) sums[part] = _mm256_setzero_si256();                                  \
            for (size_t v = 0; v < vectors; v++) {                                                                     \
                const __m256i y = _mm256_set1_epi32(query[v]);                                                         \
                _Pragma("clang loop unroll(full)") for (int half = 0; half < 2; half++) {                              \
                    const __m256i c = _mm256_loadu_si256((const __m256i *)(leaf + 64 * v + 32 * half));                \
                    sums[half] = DOT(sums[half], _mm256_and_si256(c, fifteen), y);                                     \
                    sums[2 + half] = DOT(sums[2 + half], _mm256_andnot_si256(fifteen, c), y);                          \
                }                                                                                                      \
            }                                                                                                          \
            for (int half = 0; half < 2; half++) sums[half] = _mm256_slli_epi32(sums[half], 4);                        \
            found += keys_of_leaf(b, leaves[i], sums, leasts[i], ids + found);                                         \
        }                                                                                                              \
        return found;                                                                                                  \
    }                                                                                                                  \
    KEYS256(SUFFIX, TARGET)

VNNI256(avxvnni, TARGET_AVXVNNI, _mm256_dpbusd_avx_epi32)
VNNI256(vnni256, TARGET_VNNI256, _mm256_dpbusd_epi32)
#undef VNNI256
