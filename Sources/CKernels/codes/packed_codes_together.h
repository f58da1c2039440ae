// Several queries over the same codes: each line of codes is read, and its fields are taken apart, once for all of them.

/// Groups that are scanned for one query after the other, and queries for which codes are taken apart at once.
enum { RUN = 16, MOST_AT_ONCE = 4 };

#if defined(__x86_64__)
/// Adds the products of four fields, taken apart, and the codes of each query for dimension group v.
TARGET_VNNI CK_INLINE void add_products(
    const __m512i *fields, const ck_key_query *queries, size_t v, const int several, __m512i (*sums)[4]) {
#pragma clang loop unroll(full)
    for (int k = 0; k < several; k++) {
        int32_t word;
        __builtin_memcpy(&word, queries[k].codes + 4 * v, 4);
        const __m512i y = _mm512_set1_epi32(word);
#pragma clang loop unroll(full)
        for (int part = 0; part < 4; part++) DOT(sums[k][part], fields[part], y);
    }
}

/// Lists for each of `several` queries what ``ck_scan_codes`` lists for it alone, of at most RUN groups.
TARGET_VNNI CK_INLINE void scan_several_vnni(
    const ck_coded *c, const ck_key_query *queries, const float *const *q, size_t first_group, size_t last_group,
    uint32_t *const *lists, size_t *counts, size_t *pruned, const int several, const size_t vectors, const int bits) {
    const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    float base[MOST_AT_ONCE][32];
    for (int k = 0; k < several; k++) bases(c, q[k], first_group, last_group, base[k]);
    for (size_t g = first_group; g < last_group; g++) {
        group_bound bounds[MOST_AT_ONCE];
        int outside = 0;
        for (int k = 0; k < several; k++) {
            bounds[k] = bound_of(c, queries + k, c->groups + g, base[k][g - first_group]);
            outside += bounds[k].outside;
            pruned[k] += (size_t)bounds[k].outside;
        }
        if (outside == several) continue;
        for (size_t block = g * BLOCKS; block < (g + 1) * BLOCKS && block * CK_BLOCK < c->count; block++) {
            const uint8_t *codes = c->codes + block * c->block_bytes;
            const uint8_t *errors = codes + c->block_bytes - CK_BLOCK;
            __m512i sums[MOST_AT_ONCE][4], low[MOST_AT_ONCE][4];
            for (int k = 0; k < several; k++)
                for (int part = 0; part < 4; part++) sums[k][part] = low[k][part] = _mm512_setzero_si512();
            for (size_t v = 0; v < vectors; v++, codes += 128) {
                const __m512i a = _mm512_loadu_si512(codes), b = _mm512_loadu_si512(codes + 64);
                const __m512i fields[4] = {
                    IN_PLACE(a, 15, 0), IN_PLACE(a, 15, 4), IN_PLACE(b, 15, 0), IN_PLACE(b, 15, 4)};
                add_products(fields, queries, v, several, sums);
            }
            for (size_t v = 0; bits == 6 && v < vectors; v++, codes += 64) {
                const __m512i a = _mm512_loadu_si512(codes);
                const __m512i fields[4] = {
                    IN_PLACE(a, 3, 0), IN_PLACE(a, 3, 2), IN_PLACE(a, 3, 4), IN_PLACE(a, 3, 6)};
                add_products(fields, queries, v, several, low);
            }
#pragma clang loop unroll(full)
            for (int k = 0; k < several; k++) {
                if (bounds[k].outside) continue;
                const __m512i least = _mm512_set1_epi32(bounds[k].least), slope = _mm512_set1_epi32(bounds[k].slope);
                const int up = bits == 6 ? 2 : 0;
                uint32_t *ids = lists[k];
                size_t found = counts[k];
                EMIT(0, _mm512_add_epi32(_mm512_slli_epi32(SHIFTED_SUM(sums[k][0], 0), up), SHIFTED_SUM(low[k][0], 0)));
                EMIT(1, _mm512_add_epi32(_mm512_slli_epi32(SHIFTED_SUM(sums[k][1], 4), up), SHIFTED_SUM(low[k][1], 2)));
                EMIT(2, _mm512_add_epi32(_mm512_slli_epi32(SHIFTED_SUM(sums[k][2], 0), up), SHIFTED_SUM(low[k][2], 4)));
                EMIT(3, _mm512_add_epi32(_mm512_slli_epi32(SHIFTED_SUM(sums[k][3], 4), up), SHIFTED_SUM(low[k][3], 6)));
                counts[k] = found;
            }
        }
    }
}

#define SEVERAL(NAME, COUNT)                                                                                       \
    TARGET_VNNI static void NAME(                                                                                  \
        const ck_coded *c, const ck_key_query *queries, const float *const *q, size_t first_group,                 \
        size_t last_group, uint32_t *const *lists, size_t *counts, size_t *pruned) {                               \
        const size_t vectors = (c->d + 3) / 4;                                                                     \
        /* Short loops are compiled with their length known. */                                                    \
        if (vectors == 4 && c->bits == 4)                                                                          \
            scan_several_vnni(c, queries, q, first_group, last_group, lists, counts, pruned, COUNT, 4, 4);         \
        else if (vectors == 16 && c->bits == 6)                                                                    \
            scan_several_vnni(c, queries, q, first_group, last_group, lists, counts, pruned, COUNT, 16, 6);        \
        else if (c->bits == 6)                                                                                     \
            scan_several_vnni(c, queries, q, first_group, last_group, lists, counts, pruned, COUNT, vectors, 6);   \
        else scan_several_vnni(c, queries, q, first_group, last_group, lists, counts, pruned, COUNT, vectors, 4);  \
    }
SEVERAL(scan_two_vnni, 2)
SEVERAL(scan_four_vnni, 4)
#undef SEVERAL
#endif

void ck_scan_codes_together(
    const ck_coded *coded, const ck_key_query *queries, const float *const *q, size_t count, size_t first_group,
    size_t last_group, uint32_t *const *lists, size_t *counts, size_t *pruned) {
    // The codes of a run are still in the second cache when the next queries ask for them.
    for (size_t first = first_group; first < last_group; first += RUN) {
        const size_t last = last_group - first < RUN ? last_group : first + RUN;
        size_t k = 0;
#if defined(__x86_64__)
        // Of short keys there is little to take apart, and more sums than there are registers.
        if (ck_level() == CK_VNNI && coded->d > 16) {
            for (; k + 4 <= count; k += 4)
                scan_four_vnni(coded, queries + k, q + k, first, last, lists + k, counts + k, pruned + k);
            for (; k + 2 <= count; k += 2)
                scan_two_vnni(coded, queries + k, q + k, first, last, lists + k, counts + k, pruned + k);
        }
#endif
        for (; k < count; k++)
            counts[k] += ck_scan_codes(coded, queries + k, q[k], first, last, lists[k] + counts[k], pruned + k);
    }
}
