// What a machine needs for reads from memory: the loops by which its costs are measured.
#ifndef CK_READS_H
#define CK_READS_H

#include <stddef.h>
#include <stdint.h>

/// Bytes of a cache line.
enum { CK_LINE = 64 };

/// Chains all `lines` (a power of two) of a buffer in an order that no prefetcher guesses: the first word of each line is the
/// number of the next.
void ck_machine_chain(uint64_t *buffer, size_t lines);

/// Follows the chain from line `start` for so many steps, each of which waits for the one before; returns where it ends.
uint64_t ck_machine_wait(const uint64_t *buffer, uint64_t start, size_t steps);

/// Reads `count` lines from all over the buffer, the first of them `start`, each fetched well ahead; returns a sum of what they hold.
uint64_t ck_machine_lines(const uint64_t *buffer, size_t lines, uint64_t start, size_t count);

#endif
