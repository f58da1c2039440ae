#include "ckernels.h"

#include <math.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Vectors pass only between functions of this file that are inlined: no ABI is involved.
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wpsabi"
#endif

/// Fetches a cache line ahead, into the second cache: it takes many more requests at once than the first, which on scattered
/// leaves of a cold tree gives 1.6 times the bandwidth.
#define FETCH(address) __builtin_prefetch(address, 0, 2)

typedef float v16 __attribute__((ext_vector_type(16)));
typedef int32_t i16 __attribute__((ext_vector_type(16)));
typedef _Bool b16 __attribute__((ext_vector_type(16)));

/// Membership as it is defined, for one slot.
static int definition(const ck_tree *tree, const ck_tree_query *query, size_t slot) {
    const float *key = tree->storeKeys + (size_t)tree->positions[slot] * tree->d;
    return ck_exact_dot(query->exact, key, tree->d) / query->root >= query->threshold;
}

#define NAME(x) x##_portable
#define TARGET
#define FMA(a, b, c) ((a) * (b) + (c))
#include "treeBody.h"
#undef NAME
#undef TARGET
#undef FMA

#if defined(__x86_64__)
#define NAME(x) x##_avx2
#define TARGET __attribute__((target("avx2,fma,popcnt,bmi")))
#define FMA(a, b, c) __builtin_elementwise_fma(a, b, c)
#include "treeBody.h"
#undef NAME
#undef TARGET

#define NAME(x) x##_avx512
#define TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma,popcnt,bmi")))
#define COMPRESS
#include "treeBody.h"
#undef COMPRESS
#undef NAME
#undef TARGET
#undef FMA

#define DISPATCH(name, ...)                                      \
    (ck_level() >= 2   ? name##_avx512(__VA_ARGS__)              \
     : ck_level() == 1 ? name##_avx2(__VA_ARGS__)                \
                       : name##_portable(__VA_ARGS__))
#else
#define DISPATCH(name, ...) name##_portable(__VA_ARGS__)
#endif

void ck_tree_descend(const ck_tree *tree, const ck_tree_query *query, int momentOrder, ck_tree_walk *walk) {
    walk->crossingCount = walk->wholeCount = walk->outsideCount = 0;
    if (tree->levels > 0) DISPATCH(descend, tree, query, momentOrder, walk);
}

size_t ck_tree_list(const ck_tree *tree, const ck_tree_query *query, const uint32_t *leaves, size_t count, int whole,
                    uint32_t *positions, float *scores) {
    return DISPATCH(list, tree, query, leaves, count, whole, positions, scores);
}

void ck_tree_sum_leaves(const ck_tree *tree, const ck_tree_query *query, const uint32_t *leaves, size_t count, int whole,
                        ck_tree_weight weight, float *scratch, ck_tree_sum *sum) {
    DISPATCH(sumLeaves, tree, query, leaves, count, whole, weight, scratch, sum);
}
