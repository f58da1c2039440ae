#include "tree/tree_moments.h"

#include "ckernels.h"
#include "machine/placement.h"

NEAR_BEGIN

/// Adds the nodes by their moments. Inlined with constant d, dv and p for the small ones, where the loops then unroll.
static inline __attribute__((always_inline)) void add_nodes(const ck_tree *tree, const uint32_t *nodes, size_t count,
                                                           double shift, const double *restrict monomials, int d, int dv, int p,
                                                           ck_sink *sink) {
    const int second = d * (d + 1) / 2, third = d * (d + 1) * (d + 2) / 6;
    double *const values = sink->values;
    double weights = 0;
    size_t keys = 0;
    for (size_t i = 0; i < count; i++) {
        const int level = nodes[i] >> 28;
        const size_t index = nodes[i] & 0xfffffff, node = tree->node_start[level] + index;
        const size_t size = (size_t)CK_TREE_LEAF << (4 * level);
        const size_t left = tree->count - index * size;
        const int32_t n = (int32_t)(left < size ? left : size);
        const float *m = tree->moments[0] + node * tree->moment_stride[0];
        double a = -shift;
        for (int t = 0; t < d; t++) a += monomials[t] * m[t];
        // a is the mean's distance above the shift; with x a key's score less the mean's, the weight is (a + x)^p.
        const double ap = p == 1 ? a : p == 2 ? a * a : a * a * a;
        const double a1 = p == 1 ? 1 : p == 2 ? 2 * a : 3 * a * a;
        const double a2 = p == 2 ? 1 : 3 * a;
        const float *first = m + d + dv;
        double w = n * ap;
        const float *m2 = p >= 2 ? tree->moments[1] + node * tree->moment_stride[1] : 0;
        const float *m3 = p >= 3 ? tree->moments[2] + node * tree->moment_stride[2] : 0;
        for (int s = 0; s < dv; s++) {
            double x1 = 0;
            for (int t = 0; t < d; t++) x1 += monomials[t] * first[t * dv + s];
            double v = ap * m[d + s] + a1 * x1;
            if (p >= 2) {
                double x2 = 0;
                for (int t = 0; t < second; t++) x2 += monomials[d + t] * m2[t * (dv + 1) + 1 + s];
                v += a2 * x2;
            }
            if (p >= 3) {
                double x3 = 0;
                for (int t = 0; t < third; t++) x3 += monomials[d + second + t] * m3[t * (dv + 1) + 1 + s];
                v += x3;
            }
            values[s] += v;
        }
        if (p >= 2) {
            double y2 = 0;
            for (int t = 0; t < second; t++) y2 += monomials[d + t] * m2[t * (dv + 1)];
            w += a2 * y2;
        }
        if (p >= 3) {
            double y3 = 0;
            for (int t = 0; t < third; t++) y3 += monomials[d + second + t] * m3[t * (dv + 1)];
            w += y3;
        }
        weights += w;
        keys += (size_t)n;
    }
    sink->weight += weights;
    sink->count += keys;
}

#define ADD_NODES(NAME, D)                                                                                       \
    static __attribute__((noinline)) void NAME(const ck_tree *tree, const uint32_t *nodes, size_t count, double shift, \
                                               const double *monomials, ck_sink *sink) {                      \
        add_nodes(tree, nodes, count, shift, monomials, D, D, 1, sink);                                            \
    }
ADD_NODES(add2, 2)
ADD_NODES(add3, 3)
ADD_NODES(add4, 4)

void ck_tree_fetch_moments(size_t d, size_t dv, int32_t exponent) {
    const int known = d == dv && exponent == 1 && d <= 4;
    FETCH_CODE(ck_tree_sum_moments, known ? 512 : 3968);
    if (known) FETCH_CODE(d == 2 ? add2 : d == 3 ? add3 : add4, 640);
}

void ck_tree_sum_moments(const ck_tree *tree, const ck_tree_query *query, const uint32_t *nodes, size_t count,
                         double *monomials, ck_sink *sink) {
    const int d = tree->d, dv = tree->dv;
    size_t at = 0;
    for (int t = 0; t < d; t++) monomials[at++] = (double)query->vector[t] * query->scale;
    if (sink->exponent >= 2)
        for (int t = 0; t < d; t++)
            for (int u = t; u < d; u++) monomials[at++] = monomials[t] * monomials[u];
    if (sink->exponent >= 3)
        for (int t = 0; t < d; t++)
            for (int u = t; u < d; u++)
                for (int v = u; v < d; v++) monomials[at++] = monomials[t] * monomials[u] * monomials[v];
    const int p = sink->exponent, known = d == dv && p == 1;
    if (known && d == 2) add2(tree, nodes, count, sink->shift, monomials, sink);
    else if (known && d == 3) add3(tree, nodes, count, sink->shift, monomials, sink);
    else if (known && d == 4) add4(tree, nodes, count, sink->shift, monomials, sink);
    else add_nodes(tree, nodes, count, sink->shift, monomials, d, dv, p, sink);
}

NEAR_END
