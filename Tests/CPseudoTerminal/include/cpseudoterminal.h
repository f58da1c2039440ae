/* A program on a terminal of its own, for tests of what a person would see and of what is left behind. */
#ifndef CPSEUDOTERMINAL_H
#define CPSEUDOTERMINAL_H

#include <sys/types.h>

/* Starts `argv` with exactly the environment `envp` on a new terminal, as leader of its session.
 * Returns the process, and the master's descriptor in `master` (it does not block); -1 with errno on failure. */
pid_t pt_spawn(char *const argv[], char *const envp[], int columns, int rows, int *master);

/* Gives the terminal another size and tells the program: 0, or an errno. */
int pt_resize(int master, int columns, int rows);

/* 0: still runs. 1: exited, `value` is its status. 2: ended by the signal `value`. 3: stopped by `value`. -1: no such child. */
int pt_poll(pid_t process, int *value);

/* 1 if the terminal reads lines and echoes, as a shell leaves it; 0 if not; -1 if it is gone. */
int pt_is_cooked(int master);

/* The processor time that a process has used, in milliseconds; -1 where that is not known. */
long pt_processor_milliseconds(pid_t process);

#endif
