// Leaves and keys of boxes with AVX2.

_Static_assert(255ll * 16384 * CK_BOXES_MOST < INT32_MAX, "sums of box codes have to fit 32 bits");

/// Adds 16 bytes of codes, four dimensions of four leaves, times four entries of a query (four times the same 64 bits).
#define WORDS(sum, bytes, entries)                                                                                 \
    _mm256_add_epi32(                                                                                              \
        sum, _mm256_madd_epi16(_mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(bytes))), entries))

/// From two registers with two sums a leaf to one with one, leaves in order.
TARGET_AVX2 CK_INLINE __m256i leaf_sums(__m256i first, __m256i second) {
    return _mm256_permute4x64_epi64(_mm256_hadd_epi32(first, second), 0xd8);
}

/// Tests eight leaves of a node, `first` and those after it, whose sums with the query are s and with its absolute values h;
/// `bytes` are theirs in the node's head and `dot` is the node's own.
TARGET_AVX2 CK_INLINE size_t eight_leaves(
    const ck_boxes *b, const ck_boxes_query *x, const uint8_t *bytes, const node_bound *bound, float dot, size_t first,
    __m256i s, __m256i h, uint32_t *leaves, int32_t *leasts, size_t *whole) {
#define BYTES(offset) _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(bytes + (offset)))))
    const __m256 lower = _mm256_set1_ps(x->lower), upper = _mm256_set1_ps(x->upper);
    const __m256 rest = _mm256_set1_ps(bound->rest);
    const __m256 centre = _mm256_add_ps(
        _mm256_set1_ps(dot), _mm256_mul_ps(_mm256_set1_ps(bound->scale), _mm256_cvtepi32_ps(s)));
    const __m256 across = _mm256_mul_ps(_mm256_set1_ps(bound->across), _mm256_cvtepi32_ps(h));
    const __m256 ball = _mm256_mul_ps(_mm256_set1_ps(bound->radius), BYTES(16));
    const __m256 reach = _mm256_add_ps(_mm256_min_ps(across, ball), rest);
    const uint32_t valid = b->leaves >= first + 8 ? 0xff : b->leaves > first ? (1u << (b->leaves - first)) - 1 : 0;
    const uint32_t in =
        valid & (uint32_t)_mm256_movemask_ps(_mm256_cmp_ps(_mm256_add_ps(centre, reach), lower, _CMP_GE_OQ));
    const __m256 all = _mm256_cmp_ps(_mm256_sub_ps(centre, reach), upper, _CMP_GE_OQ);
    __m256 least = _mm256_mul_ps(
        _mm256_sub_ps(lower, _mm256_add_ps(centre, rest)), _mm256_div_ps(_mm256_set1_ps(bound->inverse), BYTES(32)));
    least = _mm256_add_ps(
        _mm256_sub_ps(least, _mm256_mul_ps(BYTES(48), _mm256_set1_ps(x->error_weight))), _mm256_set1_ps(bound->offset));
    least = _mm256_sub_ps(
        least, _mm256_mul_ps(_mm256_andnot_ps(_mm256_set1_ps(-0.0f), least), _mm256_set1_ps(0x1p-20f)));
    least = _mm256_min_ps(_mm256_max_ps(least, _mm256_set1_ps(-2e9f)), _mm256_set1_ps(2e9f));
#undef BYTES
    // A leaf that is inside takes every sum.
    const __m256 sum = _mm256_blendv_ps(
        _mm256_castsi256_ps(_mm256_cvttps_epi32(least)), _mm256_castsi256_ps(_mm256_set1_epi32(INT32_MIN)), all);
    const __m256i id = _mm256_add_epi32(_mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7), _mm256_set1_epi32((int)first));
    *whole += (size_t)__builtin_popcount(in & (uint32_t)_mm256_movemask_ps(all));
    return compress8(in, id, sum, leaves, (float *)leasts);
}

TARGET_AVX2 static size_t leaves_avx2(
    const ck_boxes *b, const ck_boxes_query *x, const uint32_t *nodes, const float *dots, size_t count,
    uint32_t *leaves, int32_t *leasts, size_t *whole) {
    const size_t vectors = (b->d + 3) / 4;
    // The query in 16 bits, and its absolute values.
    int16_t entries[CK_BOXES_MOST], magnitudes[CK_BOXES_MOST];
    for (size_t t = 0; t < 4 * vectors; t++) {
        entries[t] = (int16_t)(128 * x->high[t] + x->low[t]);
        magnitudes[t] = x->absolute[t];
    }
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        const uint8_t *box = b->boxes + nodes[i] * b->box_bytes;
        if (i + 16 < count) fetch(b->boxes + nodes[i + 16] * b->box_bytes, b->box_bytes);
        const node_bound bound = node_bound_of(x, box);
        __m256i centre[4], half[4];
        for (int part = 0; part < 4; part++) centre[part] = half[part] = _mm256_setzero_si256();
        const uint8_t *at = box + CK_NODE_HEAD;
        for (size_t v = 0; v < vectors; v++, at += 128) {
            int64_t four, absolute;
            memcpy(&four, entries + 4 * v, sizeof four);
            memcpy(&absolute, magnitudes + 4 * v, sizeof absolute);
            const __m256i y = _mm256_set1_epi64x(four), a = _mm256_set1_epi64x(absolute);
#pragma clang loop unroll(full)
            for (int part = 0; part < 4; part++) {
                centre[part] = WORDS(centre[part], at + 16 * part, y);
                half[part] = WORDS(half[part], at + 64 + 16 * part, a);
            }
        }
        for (int eight = 0; eight < 2; eight++) {
            const __m256i s = _mm256_sub_epi32(
                leaf_sums(centre[2 * eight], centre[2 * eight + 1]), _mm256_set1_epi32(128 * x->sum));
            found += eight_leaves(
                b, x, box + 8 * eight, &bound, dots[i], (size_t)nodes[i] * CK_LEAVES + 8 * (size_t)eight, s,
                leaf_sums(half[2 * eight], half[2 * eight + 1]), leaves + found, leasts + found, whole);
        }
    }
    return found;
}

#undef WORDS

/// Lists the keys of a leaf whose sums, eight a part, are `least` or more.
TARGET_AVX2 CK_INLINE size_t keys_of_leaf(
    const ck_boxes *b, size_t leaf, const __m256i *sums, int32_t least, uint32_t *ids) {
    uint32_t candidates = 0;
#pragma clang loop unroll(full)
    for (int part = 0; part < 4; part++) {
        const __m256i less = _mm256_cmpgt_epi32(_mm256_set1_epi32(least), sums[part]);
        candidates |= (~(uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(less)) & 0xff) << (8 * part);
    }
    const size_t first = leaf * CK_LEAF, present = b->count - first;
    if (present < CK_LEAF) candidates &= (1u << present) - 1;
    // Few are set: one after the other is less work than a part after the other.
    return expand_bits(candidates, (uint32_t)first, ids);
}

/// Dimension groups whose sums of codes fit 16 bits.
enum { STRETCH = 8 };

TARGET_AVX2 CK_INLINE size_t keys_avx2_body(
    const ck_boxes *b, const ck_boxes_query *x, const uint32_t *leaves, const int32_t *leasts, size_t count,
    uint32_t *ids, size_t vectors) {
    const __m256i fifteen = _mm256_set1_epi8(15), ones = _mm256_set1_epi16(1);
    int32_t query[CK_BOXES_MOST / 4];
    memcpy(query, x->high, 4 * vectors);
    size_t found = 0;
    fetch_leaves(b, leaves, count, vectors);
    for (size_t i = 0; i < count; i++) {
        const uint8_t *leaf = codes_of(b, leaves, i, count, vectors);
        // Keys 8 part on.
        __m256i sums[4];
        for (int part = 0; part < 4; part++) sums[part] = _mm256_setzero_si256();
        for (size_t first = 0; first < vectors; first += STRETCH) {
            const size_t last = smaller(vectors, first + STRETCH);
            __m256i pairs[4];
            for (int part = 0; part < 4; part++) pairs[part] = _mm256_setzero_si256();
            for (size_t v = first; v < last; v++) {
                const __m256i y = _mm256_set1_epi32(query[v]);
#pragma clang loop unroll(full)
                for (int half = 0; half < 2; half++) {
                    const __m256i c = _mm256_loadu_si256((const __m256i *)(leaf + 64 * v + 32 * half));
                    pairs[half] = _mm256_add_epi16(pairs[half], _mm256_maddubs_epi16(_mm256_and_si256(c, fifteen), y));
                    pairs[2 + half] = _mm256_add_epi16(
                        pairs[2 + half], _mm256_maddubs_epi16(_mm256_and_si256(_mm256_srli_epi16(c, 4), fifteen), y));
                }
            }
            for (int part = 0; part < 4; part++)
                sums[part] = _mm256_add_epi32(sums[part], _mm256_madd_epi16(pairs[part], ones));
        }
        for (int part = 0; part < 4; part++) sums[part] = _mm256_slli_epi32(sums[part], 4);
        found += keys_of_leaf(b, leaves[i], sums, leasts[i], ids + found);
    }
    return found;
}

/// Short loops are compiled with their length known.
#define KEYS256(SUFFIX, TARGET)                                                                                        \
    TARGET static size_t keys_##SUFFIX(                                                                                \
        const ck_boxes *b, const ck_boxes_query *x, const uint32_t *leaves, const int32_t *leasts, size_t count,       \
        uint32_t *ids) {                                                                                               \
        switch ((b->d + 3) / 4) {                                                                                      \
        case 2: return keys_##SUFFIX##_body(b, x, leaves, leasts, count, ids, 2);                                      \
        case 3: return keys_##SUFFIX##_body(b, x, leaves, leasts, count, ids, 3);                                      \
        case 4: return keys_##SUFFIX##_body(b, x, leaves, leasts, count, ids, 4);                                      \
        default: return keys_##SUFFIX##_body(b, x, leaves, leasts, count, ids, (b->d + 3) / 4);                        \
        }                                                                                                              \
    }

KEYS256(avx2, TARGET_AVX2)
