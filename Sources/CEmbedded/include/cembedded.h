/* Files that the program carries in itself, for where it stands alone. */
#ifndef CEMBEDDED_H
#define CEMBEDDED_H

#include <stddef.h>

typedef struct {
    /* Below the folder that holds them all: "Themes/dark.toml". */
    const char *path;
    const unsigned char *bytes;
    size_t count;
} ce_file;

/* How many there are; none where the compiler cannot embed files. */
int ce_count(void);
/* One of them, by its number from 0. */
ce_file ce_at(int number);
/* Of the repository that the program was built in: its HEAD, and the commit of its branch main; empty where there is none. */
const char *ce_head(void);
const char *ce_main_commit(void);

#endif
