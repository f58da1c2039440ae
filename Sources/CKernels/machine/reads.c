#include "reads.h"

enum { WORDS = CK_LINE / sizeof(uint64_t) };

/// The line after one in a cycle through all: a linear congruential generator of full period (Hull and Dobell 1962).
static inline uint64_t next_line(uint64_t line, uint64_t mask) {
    return (line * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407)) & mask;
}

void ck_machine_chain(uint64_t *buffer, size_t lines) {
    for (size_t i = 0; i < lines; i++) buffer[i * WORDS] = next_line(i, lines - 1);
}

uint64_t ck_machine_wait(const uint64_t *buffer, uint64_t start, size_t steps) {
    uint64_t at = start;
    while (steps-- > 0) at = buffer[at * WORDS];
    return at;
}

uint64_t ck_machine_lines(const uint64_t *buffer, size_t lines, uint64_t start, size_t count) {
    enum { AHEAD = 32 };
    const uint64_t mask = lines - 1;
    uint64_t line = start & mask, ahead = line, sum = 0;
    for (int i = 0; i < AHEAD; i++) ahead = next_line(ahead, mask);
    while (count-- > 0) {
        __builtin_prefetch(buffer + ahead * WORDS);
        sum += buffer[line * WORDS];
        line = next_line(line, mask);
        ahead = next_line(ahead, mask);
    }
    return sum;
}
