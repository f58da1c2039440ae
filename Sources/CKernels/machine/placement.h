// Where code and rows stand in memory.
//
// What a step calls once: a step that finds nothing in the caches waits for each line of its code (17 ns where lines follow
// each other, 53 where they do not, measured on Zen 4), unless they are asked for together and ahead.
#ifndef CK_PLACEMENT_H
#define CK_PLACEMENT_H

#include <stddef.h>
#include <stdint.h>

/// Asks for the code of a function that is called soon: all its lines are on their way at once, and none is waited for. More
/// bytes than it has do no harm.
#define FETCH_CODE(FUNCTION, BYTES)                                                                                    \
    for (size_t line_ = 0; line_ < (BYTES); line_ += 64) __builtin_prefetch((const char *)(uintptr_t)(FUNCTION) + line_, 0, 2)

/// Begins a row on the stack at a cache line: where a query begins between two, each of its reads takes both, and a scan a third
/// longer (Zen 4, d = 128); where the stack lies changes from run to run.
#define CK_ALIGNED __attribute__((aligned(64)))

/// Between the two the compiler makes few lines of code and calls no library.
#define SMALL_BEGIN                                                                                                       \
    NEAR_BEGIN                                                                                                            \
    _Pragma("clang attribute push(__attribute__((minsize, no_builtin(\"memset\", \"memcpy\"))), apply_to = function)")
#define SMALL_END _Pragma("clang attribute pop") NEAR_END

/// What stands between the two, and every function that is NEAR, stands on a few pages side by side.
#if defined(__ELF__)
#define NEAR_BEGIN _Pragma("clang section text=\"halfspace_step\"")
#define NEAR_END _Pragma("clang section text=\"\"")
#define NEAR __attribute__((section("halfspace_step")))
#else
#define NEAR_BEGIN
#define NEAR_END
#define NEAR
#endif

#endif
