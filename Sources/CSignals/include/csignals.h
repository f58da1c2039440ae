/* Signals of a program that holds a terminal: notes through a pipe, and a way back to a usable terminal from any crash.
 *
 * Everything that a handler touches lives in signals.c and is set up beforehand; handlers call only async-signal-safe
 * functions. */
#ifndef CSIGNALS_H
#define CSIGNALS_H

#include <stddef.h>
#include <termios.h>

/* A pipe whose ends do not block and are not inherited. 0, or an errno. */
int cs_pipe(int *read_end, int *write_end);

/* Installs the handlers. TSTP, CONT, WINCH and every signal that ends a process write their number into the pipe; after one
 * of the last the process has a second to end by itself, then it is ended. What was ignored before stays so, but for INT. Crashes restore the terminal if it is armed, write what was
 * captured of stderr and a trace, and end by the same signal. SIGPIPE is ignored. Also clears the signal mask. */
void cs_install(int write_end);
/* Lets every signal through, whatever the parent had blocked when it started this process. */
void cs_clear_mask(void);
/* Puts back what was there before cs_install. */
void cs_uninstall(void);

/* An alternate stack for the calling thread, so that the overflow of its own can still be handled. A second call does
 * nothing. */
void cs_alternate_stack(void);

/* From now on a crash, an exit() or an ignored TERM writes `bytes` to the terminal and sets it to `cooked`.
 * `bytes` is copied (at most 1024). */
void cs_arm(int terminal, const char *bytes, size_t count, const struct termios *cooked);
/* Ends that; 1 for the caller that did it, who alone has to restore the terminal. */
int cs_disarm(void);

/* A file in memory, or an unlinked temporary one; -1 where there is neither. */
int cs_scratch_file(void);
/* Whether files may grow without a limit (ulimit -f); those in memory are limited as others are. */
int cs_files_may_grow(void);
/* The same terminal through a descriptor of its own that does not block; -1 where that cannot be. */
int cs_open_again(int terminal);
/* Whether SIGHUP is ignored. */
int cs_ignores_hangup(void);

/* Sends stderr to a scratch file if it is a terminal. 1 if so. */
int cs_capture_stderr(void);
/* Gives stderr back and writes the last 64 KiB that were captured to it. */
void cs_replay_stderr(void);

/* Stops the whole job as ^Z does, and comes back when it goes on. */
void cs_stop(void);
/* Starts the program again with the same arguments; returns only where that fails. */
void cs_start_again(char *const arguments[]);
/* Ends the process by a signal's default action. */
void cs_die(int signal);

/* Blocks of a mebibyte and more go back to the system when they are freed, whatever was freed before. */
void cs_return_large_blocks(void);

/* Gives pages back to the system in which nothing is in use any more, wherever in the heap they are. */
void cs_give_back_heap(void);

/* Columns and rows of the terminal, of which no more than a screen may have are counted: 0, or an errno. */
int cs_size(int terminal, int *columns, int *rows);
/* Bytes that can be read without waiting, or -1. */
int cs_readable(int descriptor);

#endif
