#include "ckernels.h"
#include "machine/placement.h"
#include "vector/exponential.h"

#include <math.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Vectors pass only between functions of this file that are inlined: no ABI is involved.
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wpsabi"
#endif


/// Leaves summed in float32 before they are added to the float64 sums.
enum { STRETCH = 64 };

/// Fetches what is read soon.
static inline void fetch_bytes(const void *start, size_t bytes) {
    for (size_t b = 0; b < bytes; b += 64) FETCH((const char *)start + b);
}

static inline void fetch_leaf(const ck_tree *tree, uint32_t leaf, size_t bytes) {
    fetch_bytes(tree->leaves + leaf * tree->leaf_stride, bytes);
}

/// How many leaves ahead are fetched, of so many bytes each.
static inline size_t leaves_ahead(size_t bytes) { return (FETCHED_LINES + 32) * 64 / bytes + 1; }

/// Membership as it is defined, for one slot.
static int definition(const ck_tree *tree, const ck_tree_query *query, size_t slot) {
    const double dot = ck_exact_row(tree->store_keys, tree->positions[slot], query->vector, (size_t)tree->d);
    return dot / query->root >= query->threshold;
}

#define NAME(x) x##_portable
#define TARGET
#define FMA(a, b, c) ((a) * (b) + (c))
#include "tree/tree_body.h"
#undef NAME
#undef TARGET
#undef FMA

#if defined(__x86_64__)
#define NAME(x) x##_avx2
#define TARGET __attribute__((target("avx2,fma,popcnt,bmi"))) NEAR
#define FMA(a, b, c) __builtin_elementwise_fma(a, b, c)
#include "tree/tree_body.h"
#undef NAME
#undef TARGET

#define NAME(x) x##_avx512
#define TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma,popcnt,bmi"))) NEAR
#define COMPRESS
#include "tree/tree_body.h"
#undef COMPRESS
#undef NAME
#undef TARGET
#undef FMA
#endif

NEAR_BEGIN

void ck_tree_fetch_code(size_t d, size_t dv, int32_t exponent) {
    FETCH_CODE(ck_tree_descend, 384);
    FETCH_CODE(ck_tree_sum_leaves, 512);
    DISPATCH(fetch_code, d, dv, exponent);
}

void ck_tree_descend(const ck_tree *tree, const ck_tree_query *query, int moment_order, ck_tree_walk *walk) {
    walk->crossing_count = walk->whole_count = walk->outside_count = 0;
    if (tree->levels == 0) return;
    DISPATCH(descend, tree, query, moment_order, walk);
}

size_t ck_tree_list(const ck_tree *tree, const ck_tree_query *query, const uint32_t *leaves, size_t count, int whole,
                    uint32_t *positions, float *scores) {
    DISPATCH(list, tree, query, leaves, count, whole, positions, scores);
}

void ck_tree_sum_leaves(const ck_tree *tree, const ck_tree_query *query, const uint32_t *leaves, size_t count, int whole,
                        float *scratch, ck_sink *sink) {
    DISPATCH(sum_leaves, tree, query, leaves, count, whole, scratch, sink);
}

NEAR_END
