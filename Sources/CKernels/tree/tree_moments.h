// Whole nodes of a tree, answered by the sums that they keep instead of key by key.
#ifndef CK_TREE_MOMENTS_H
#define CK_TREE_MOMENTS_H

#include "tree/tree.h"

/// The most monomials of orders that trees have moments of.
enum { CK_TREE_MONOMIALS = 64 };

/// Asks for the code of ``ck_tree_sum_moments``.
void ck_tree_fetch_moments(size_t d, size_t dv, int32_t exponent);

/// Adds whole nodes (level << 28 | index) by their moments to the sums of a sink, whose exponent is 1, 2 or 3; the tree has
/// moments up to that order. `monomials` has room for every monomial of order 1 to the exponent in d variables.
void ck_tree_sum_moments(const ck_tree *tree, const ck_tree_query *query, const uint32_t *nodes, size_t count,
                         double *monomials, ck_sink *sink);

#endif
