// The driver of partition trees.
#ifndef CK_TREE_DRIVER_H
#define CK_TREE_DRIVER_H

#include "sink/sink.h"
#include "tree/tree.h"

/// Trees of at most so many leaves are descended in memory of the driver's own, unless values are longer than CK_TREE_NARROW.
enum { CK_TREE_SMALL = 1024 };

/// Memory for a descent: room for every leaf, twice, for twice the nodes of level 1 and 8 more, and for a value.
typedef struct {
    uint32_t *crossing, *whole, *frontier;
    float *values;
} ck_tree_room;

/// A tree and, unless it is small, memory to work in.
typedef struct {
    const ck_tree *tree;
    ck_tree_room room;
} ck_tree_index;

/// Descends a tree (`index` is a ck_tree_index); whole nodes answer by their moments where they can.
int ck_find_tree(const void *index, const ck_half_space *half, ck_sink *sink);

/// Asks for the code of ``ck_tree_find``, all at once.
void ck_tree_fetch_step(const ck_half_space *half, const ck_sink *sink);

/// The same for a tree that is found elsewhere.
int ck_tree_find(const ck_tree *tree, const ck_tree_room *room, const ck_half_space *half, ck_sink *sink);

/// Makes the query that kernels read, or returns 0 where float32 cannot hold the scores; `room` holds 2 d floats and lives as
/// long as it does.
int ck_tree_prepare(const ck_tree *tree, const ck_half_space *half, float *room, ck_tree_query *query);

/// Adds a descent that found so many members in crossing leaves to a trace.
void ck_tree_trace(
    const ck_tree *tree, const ck_tree_query *query, const ck_tree_walk *walk, size_t members, ck_trace *trace);

#endif
