// The kernels of the tree for one instruction set; included once for each, with NAME, TARGET and FMA defined.

#define INLINE TARGET static inline __attribute__((always_inline))

/// Bit i is set where lane i of a comparison holds.
INLINE uint32_t NAME(bits)(i32x16 lanes) {
    bit16 packed = __builtin_convertvector(lanes, bit16);
    uint16_t bits;
    __builtin_memcpy(&bits, &packed, sizeof bits);
    return bits;
}

/// All ones in the lanes whose bit is set.
INLINE i32x16 NAME(lanes)(uint32_t mask) {
    uint16_t bits = (uint16_t)mask;
    bit16 packed;
    __builtin_memcpy(&packed, &bits, sizeof bits);
    return -__builtin_convertvector(packed, i32x16);
}

/// The sums of 16 keys of a leaf with the query; `keys` points at lane 0 of the first dimension.
INLINE f32x16 NAME(dots)(const float *keys, const float *q, int32_t d) {
    f32x16 sum = *(const f32x16 *)keys * q[0];
    for (int32_t t = 1; t < d; t++) sum = FMA(*(const f32x16 *)(keys + t * CK_TREE_LEAF), (f32x16)q[t], sum);
    return sum;
}

/// Which of 16 keys are in the half-space; between the two bounds of the guard band the definition decides.
INLINE uint32_t NAME(members)(const ck_tree *tree, const ck_tree_query *query, f32x16 sums, size_t slot, uint32_t valid) {
    uint32_t in = NAME(bits)(sums >= query->in) & valid;
    uint32_t maybe = NAME(bits)(sums >= query->out) & valid & ~in;
    while (__builtin_expect(maybe != 0, 0)) {
        int lane = __builtin_ctz(maybe);
        maybe &= maybe - 1;
        if (definition(tree, query, slot + lane)) in |= 1u << lane;
    }
    return in;
}

/// From the root down. Inlined with constant d for the small ones, where the loops over it unroll.
INLINE void NAME(descend_by)(const ck_tree *tree, const ck_tree_query *query, int moment_order, ck_tree_walk *walk, int32_t d) {
    const size_t group_floats = (size_t)d * 2 * CK_TREE_FANOUT;
    const float *q = query->frame, *qa = query->frame_absolute;
    const f32x16 out = query->out, in = query->in;
    const size_t fetch = d * 128 < 2048 ? d * 128 : 2048;
    uint32_t *current = walk->frontier;
    const int32_t top = tree->levels - 1;
    size_t count = (tree->nodes[top] + CK_TREE_FANOUT - 1) / CK_TREE_FANOUT, whole_count = 0;
    uint32_t *next = current + (tree->levels > 1 ? tree->nodes[1] : count);
    for (size_t i = 0; i < count; i++) current[i] = (uint32_t)i;
    for (int32_t level = top; level >= 0; level--) {
        const size_t nodes = tree->nodes[level];
        const float *boxes = tree->boxes + tree->box_start[level];
        const float *below = tree->boxes + (level > 0 ? tree->box_start[level - 1] : 0);
        uint32_t *kept = level > 0 ? next : walk->crossing;
        size_t kept_count = 0, visited = 0, pruned = 0, whole_before = whole_count;
        for (size_t i = 0; i < count; i++) {
            const size_t first = (size_t)current[i] * CK_TREE_FANOUT;
            const float *box = boxes + current[i] * group_floats;
            f32x16 centre = *(const f32x16 *)box * q[0], half = *(const f32x16 *)(box + 16) * qa[0];
            for (int32_t t = 1; t < d; t++) {
                centre = FMA(*(const f32x16 *)(box + 32 * t), (f32x16)q[t], centre);
                half = FMA(*(const f32x16 *)(box + 32 * t + 16), (f32x16)qa[t], half);
            }
            const uint32_t valid = nodes - first >= 16 ? 0xffff : (1u << (nodes - first)) - 1;
            const uint32_t outside = NAME(bits)(centre + half < out) & valid;
            uint32_t inside = NAME(bits)(centre - half >= in) & valid & ~outside;
            uint32_t crossing = valid & ~(outside | inside);
            visited += __builtin_popcount(valid);
            pruned += __builtin_popcount(outside);
            if (__builtin_expect(walk->outside != 0, 0)) {
                const f32x16 upper = centre + half;
                for (uint32_t left = outside; left; left &= left - 1) {
                    const int child = __builtin_ctz(left);
                    walk->outside[walk->outside_count] = (uint32_t)level << 28 | (uint32_t)(first + child);
                    walk->outside_bounds[walk->outside_count++] = upper[child];
                }
            }
            while (crossing) {
                const uint32_t child = (uint32_t)first + __builtin_ctz(crossing);
                crossing &= crossing - 1;
                kept[kept_count++] = child;
                // Leaves are fetched when they are read: there may be more than the caches wait for at a time.
                if (level > 0) fetch_bytes(below + child * group_floats, fetch);
            }
            while (inside) {
                const uint32_t child = (uint32_t)first + __builtin_ctz(inside);
                inside &= inside - 1;
                walk->whole[whole_count++] = (uint32_t)level << 28 | child;
                const size_t node = tree->node_start[level] + child;
                for (int o = 0; o < moment_order; o++) {
                    fetch_bytes(tree->moments[o] + node * tree->moment_stride[o], tree->moment_stride[o] * sizeof(float));
                }
            }
        }
        walk->visited[level] = visited;
        walk->pruned[level] = pruned;
        walk->whole_nodes[level] = whole_count - whole_before;
        count = kept_count;
        uint32_t *swap = current;
        current = next;
        next = swap;
    }
    walk->crossing_count = count;
    walk->whole_count = whole_count;
}

#define DESCEND(WHICH, D)                                                                                                  \
    TARGET static __attribute__((noinline)) void NAME(WHICH)(                                                              \
        const ck_tree *tree, const ck_tree_query *query, int moment_order, ck_tree_walk *walk) {                            \
        NAME(descend_by)(tree, query, moment_order, walk, D);                                                                \
    }
DESCEND(descend2, 2)
DESCEND(descend3, 3)
DESCEND(descend4, 4)
DESCEND(descend_any, tree->d)
#undef DESCEND

TARGET static void NAME(descend)(const ck_tree *tree, const ck_tree_query *query, int moment_order, ck_tree_walk *walk) {
    if (tree->d == 2) NAME(descend2)(tree, query, moment_order, walk);
    else if (tree->d == 3) NAME(descend3)(tree, query, moment_order, walk);
    else if (tree->d == 4) NAME(descend4)(tree, query, moment_order, walk);
    else NAME(descend_any)(tree, query, moment_order, walk);
}

TARGET static size_t NAME(list)(const ck_tree *tree, const ck_tree_query *query, const uint32_t *leaves, size_t count,
                                int whole, uint32_t *positions, float *scores) {
    size_t written = 0;
    const size_t bytes = tree->d * 128 < 1024 ? (size_t)tree->d * 128 : 1024, ahead = leaves_ahead(bytes);
    for (size_t i = 0; i < ahead && i < count; i++) fetch_leaf(tree, leaves[i], bytes);
    for (size_t i = 0; i < count; i++) {
        const size_t slot = (size_t)leaves[i] * CK_TREE_LEAF;
        const float *keys = tree->leaves + leaves[i] * tree->leaf_stride;
        if (i + ahead < count) fetch_leaf(tree, leaves[i + ahead], bytes);
        for (int half = 0; half < 2; half++) {
            const size_t first = slot + 16 * half;
            if (first >= tree->count) break;
            const uint32_t valid = tree->count - first >= 16 ? 0xffff : (1u << (tree->count - first)) - 1;
            const f32x16 sums = NAME(dots)(keys + 16 * half, query->vector, tree->d);
            uint32_t in = whole ? valid : NAME(members)(tree, query, sums, first, valid);
            if (in == 0) continue;
            const f32x16 scaled = sums * query->scale;
#ifdef COMPRESS
            const __m512i rows = _mm512_loadu_si512(tree->positions + first);
            _mm512_storeu_si512(positions + written, _mm512_maskz_compress_epi32((__mmask16)in, rows));
            __m512 packed;
            __builtin_memcpy(&packed, &scaled, sizeof packed);
            _mm512_storeu_ps(scores + written, _mm512_maskz_compress_ps((__mmask16)in, packed));
            written += __builtin_popcount(in);
#else
            while (in) {
                const int lane = __builtin_ctz(in);
                in &= in - 1;
                positions[written] = tree->positions[first + lane];
                scores[written++] = scaled[lane];
            }
#endif
        }
    }
    return written;
}

/// The sum of the lanes, in float64 from the first addition on.
INLINE double NAME(total)(f32x16 lanes) {
    typedef double f64x8 __attribute__((ext_vector_type(8)));
    const f64x8 eight = __builtin_convertvector(lanes.lo, f64x8) + __builtin_convertvector(lanes.hi, f64x8);
    const __typeof__(eight.lo) four = eight.lo + eight.hi;
    const __typeof__(four.lo) two = four.lo + four.hi;
    return two.x + two.y;
}

INLINE float NAME(largest_lane)(f32x16 lanes) {
    const __typeof__(lanes.lo) eight = __builtin_elementwise_max(lanes.lo, lanes.hi);
    const __typeof__(eight.lo) four = __builtin_elementwise_max(eight.lo, eight.hi);
    return fmaxf(fmaxf(four.x, four.y), fmaxf(four.z, four.w));
}

/// Adds leaves to sums. Inlined with constant d and dv for the small ones, whose sums then stay in registers.
INLINE void NAME(add_leaves)(const ck_tree *tree, const ck_tree_query *query, const uint32_t *leaves, size_t count, int whole,
                            float *scratch, ck_sink *sink, int32_t d, int32_t dv, int is_power) {
    const int narrow = dv <= CK_TREE_NARROW;
    const size_t bytes = tree->leaf_stride * 4 < 2048 ? tree->leaf_stride * 4 : 2048, ahead = leaves_ahead(bytes);
    f32x16 largest = -__builtin_inff();
    const f32x16 shift = (float)sink->shift;
    const int32_t exponent = sink->exponent;
    for (size_t i = 0; i < ahead && i < count; i++) fetch_leaf(tree, leaves[i], bytes);
    for (size_t start = 0; start < count; start += STRETCH) {
        const size_t end = count - start < STRETCH ? count : start + STRETCH;
        f32x16 acc[CK_TREE_NARROW], weights = 0.0f;
        for (int32_t t = 0; narrow && t < dv; t++) acc[t] = (f32x16)0.0f;
        for (int32_t t = 0; !narrow && t < dv; t++) scratch[t] = 0;
        for (size_t i = start; i < end; i++) {
            const size_t slot = (size_t)leaves[i] * CK_TREE_LEAF;
            const float *keys = tree->leaves + leaves[i] * tree->leaf_stride;
            const float *values = keys + d * CK_TREE_LEAF;
            if (i + ahead < count) fetch_leaf(tree, leaves[i + ahead], bytes);
            for (int half = 0; half < 2; half++) {
                const size_t first = slot + 16 * half;
                if (first >= tree->count) break;
                const uint32_t valid = tree->count - first >= 16 ? 0xffff : (1u << (tree->count - first)) - 1;
                const f32x16 sums = NAME(dots)(keys + 16 * half, query->vector, d);
                uint32_t in = whole ? valid : NAME(members)(tree, query, sums, first, valid);
                if (in == 0) continue;
                sink->count += __builtin_popcount(in);
                const i32x16 lanes = NAME(lanes)(in);
                const f32x16 score = sums * query->scale;
                largest = lanes ? __builtin_elementwise_max(largest, score) : largest;
                f32x16 w;
                if (is_power) {
                    const f32x16 base = __builtin_elementwise_max(score - shift, (f32x16)0.0f);
                    w = base;
                    for (int32_t p = 1; p < exponent; p++) w *= base;
                } else {
                    EXPONENTIAL(w, score - shift);
                }
                w = lanes ? w : (f32x16)0.0f;
                weights += w;
                if (narrow) {
                    for (int32_t t = 0; t < dv; t++)
                        acc[t] = FMA(*(const f32x16 *)(values + t * CK_TREE_LEAF + 16 * half), w, acc[t]);
                } else {
                    while (in) {
                        const int lane = __builtin_ctz(in);
                        in &= in - 1;
                        const float one = w[lane];
                        const float *value = values + (size_t)(16 * half + lane) * dv;
                        for (int32_t t = 0; t < dv; t++) scratch[t] += one * value[t];
                    }
                }
            }
        }
        for (int32_t t = 0; t < dv; t++) sink->values[t] += narrow ? NAME(total)(acc[t]) : scratch[t];
        sink->weight += NAME(total)(weights);
    }
    const float most = NAME(largest_lane)(largest);
    if (most > sink->largest) sink->largest = most;
}

#define ADD_LEAVES(WHICH, D, DV, IS_POWER)                                                                                 \
    TARGET static __attribute__((noinline)) void NAME(WHICH)(                                                              \
        const ck_tree *tree, const ck_tree_query *query, const uint32_t *leaves, size_t count, int whole,                  \
        float *scratch, ck_sink *sink) {                                                         \
        NAME(add_leaves)(tree, query, leaves, count, whole, scratch, sink, D, DV, IS_POWER);                         \
    }
ADD_LEAVES(sum2, 2, 2, 1)
ADD_LEAVES(sum3, 3, 3, 1)
ADD_LEAVES(sum4, 4, 4, 1)
ADD_LEAVES(sum_power, tree->d, tree->dv, 1)
ADD_LEAVES(sum_exponential, tree->d, tree->dv, 0)
#undef ADD_LEAVES

TARGET static void NAME(sum_leaves)(const ck_tree *tree, const ck_tree_query *query, const uint32_t *leaves, size_t count,
                                   int whole, float *scratch, ck_sink *sink) {
    const int32_t d = tree->d, known = d == tree->dv && sink->exponent > 0;
    if (sink->exponent == 0) NAME(sum_exponential)(tree, query, leaves, count, whole, scratch, sink);
    else if (known && d == 2) NAME(sum2)(tree, query, leaves, count, whole, scratch, sink);
    else if (known && d == 3) NAME(sum3)(tree, query, leaves, count, whole, scratch, sink);
    else if (known && d == 4) NAME(sum4)(tree, query, leaves, count, whole, scratch, sink);
    else NAME(sum_power)(tree, query, leaves, count, whole, scratch, sink);
}

/// Asks for the code of a descent and of the sums over leaves. The bytes are those of the longest of each kind.
TARGET static void NAME(fetch_code)(size_t d, size_t dv, int32_t exponent) {
    const int known = d == dv && exponent > 0;
    FETCH_CODE(d == 2 ? NAME(descend2) : d == 3 ? NAME(descend3) : d == 4 ? NAME(descend4) : NAME(descend_any), 1856);
    if (exponent == 0) FETCH_CODE(NAME(sum_exponential), 3840);
    else if (known && d <= 4) FETCH_CODE(d == 2 ? NAME(sum2) : d == 3 ? NAME(sum3) : NAME(sum4), 2112);
    else FETCH_CODE(NAME(sum_power), 3456);
}

#undef INLINE
