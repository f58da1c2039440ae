// The longest rows that kernels take.
#ifndef CK_LIMITS_H
#define CK_LIMITS_H

/// The longest key and the longest value.
enum { CK_MOST_DIMENSIONS = 1024 };

#endif
