#define _GNU_SOURCE
#include "csignals.h"

#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

/* The first three say something; the others end a process, and so do the signals of real time behind them. */
static const int notes[] = {
    SIGTSTP, SIGCONT, SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGUSR1, SIGUSR2, SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF,
#ifdef __linux__
    SIGPWR, SIGIO, SIGSTKFLT,
#endif
};
#ifdef SIGRTMIN
enum { first_realtime = 34, realtime_count = 31 };
#else
enum { first_realtime = 0, realtime_count = 0 };
#endif
static const int crashes[] = {SIGILL, SIGSEGV, SIGABRT, SIGBUS, SIGTRAP, SIGFPE, SIGQUIT, SIGSYS};
enum { named_count = sizeof notes / sizeof *notes, note_count = named_count + realtime_count, crash_count = sizeof crashes / sizeof *crashes };

static struct sigaction old_notes[note_count], old_crashes[crash_count], old_alarm, old_pipe;
static atomic_int installed, wake_fd = -1, ending, crashed;

static atomic_int armed;
static int terminal_fd = -1;
static char restore_bytes[1024];
static size_t restore_count;
static struct termios cooked_mode;

static atomic_int captured_fd = -1, real_stderr = -1;

static int note_at(int i) { return i < named_count ? notes[i] : first_realtime + i - named_count; }

/* Milliseconds that this process still waits for terminals that take nothing. */
static atomic_int patience = 1000;

/* Writes all that the other end takes, and waits for it only so long in all: it may be stopped for ever. 0 if it took
 * all. */
static int write_all(int fd, const char *bytes, size_t count) {
    int flags = fcntl(fd, F_GETFL), result = 0;
    if (flags >= 0) fcntl(fd, F_SETFL, flags | O_NONBLOCK);
    while (count > 0) {
        ssize_t done = write(fd, bytes, count);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0 && errno == EAGAIN && atomic_fetch_sub(&patience, 20) > 0) {
            struct pollfd ready = {.fd = fd, .events = POLLOUT};
            poll(&ready, 1, 20);
            continue;
        }
        if (done <= 0) {
            result = -1;
            break;
        }
        bytes += done;
        count -= (size_t)done;
    }
    if (flags >= 0) fcntl(fd, F_SETFL, flags);
    return result;
}

static void say(const char *text) { write_all(STDERR_FILENO, text, strlen(text)); }

static int claim(void) { return atomic_exchange(&armed, 0); }

/* The terminal as it was, from a handler: without waiting for output that may never drain. */
static void restore_now(void) {
    if (!claim()) return;
    int kept = atomic_exchange(&patience, 100);
    if (write_all(terminal_fd, restore_bytes, restore_count) != 0) {
        /* What the terminal has not taken is dropped; there is room then, and it is told once it goes on. */
        tcflush(terminal_fd, TCOFLUSH);
        write_all(terminal_fd, restore_bytes, restore_count);
        atomic_store(&patience, 0);
    } else {
        atomic_store(&patience, kept);
    }
    tcsetattr(terminal_fd, TCSANOW, &cooked_mode);
}

static void on_note(int number) {
    int kept = errno;
    if (number != SIGTSTP && number != SIGCONT && number != SIGWINCH) {
        int none = 0;
        if (atomic_compare_exchange_strong(&ending, &none, number)) {
            struct itimerval second = {.it_value = {.tv_sec = 1}};
            setitimer(ITIMER_REAL, &second, NULL);
        }
    }
    unsigned char byte = (unsigned char)number;
    ssize_t ignored = write(wake_fd, &byte, 1);
    (void)ignored;
    errno = kept;
}

static void on_alarm(int number) {
    (void)number;
    if (crashed) cs_die(crashed);
    restore_now();
    cs_replay_stderr();
    cs_die(ending ? ending : SIGALRM);
}

static const char *sentence(int number) {
    switch (number) {
    case SIGQUIT: return "halfspace: stopped by SIGQUIT.\n";
    case SIGABRT: return "halfspace: aborted.\n";
    case SIGILL:
    case SIGTRAP: return "halfspace: a check inside the program failed; this is a defect. The trace:\n";
    case SIGSEGV:
    case SIGBUS: return "halfspace: wrong memory was touched; this is a defect. The trace:\n";
    default: return "halfspace: crashed; this is a defect. The trace:\n";
    }
}

/* The handler that was there before ours: Swift's, which prints a trace with names and lines. 1 if there was one. */
static int ask_earlier_handler(int number, siginfo_t *info, void *context) {
    for (int i = 0; i < crash_count; i++) {
        if (crashes[i] != number) continue;
        struct sigaction *old = &old_crashes[i];
        if (!(old->sa_flags & SA_SIGINFO) || !old->sa_sigaction) return 0;
        old->sa_sigaction(number, info, context);
        return 1;
    }
    return 0;
}

static void on_crash(int number, siginfo_t *info, void *context) {
    /* A second crash, in here or on another thread, ends at once. */
    for (int i = 0; i < crash_count; i++) signal(crashes[i], SIG_DFL);
    /* Whatever holds up what follows ends it. */
    atomic_store(&crashed, number);
    struct itimerval seconds = {.it_value = {.tv_sec = 4}};
    setitimer(ITIMER_REAL, &seconds, NULL);
    restore_now();
    cs_replay_stderr();
    say(sentence(number));
    if (number != SIGQUIT && !ask_earlier_handler(number, info, context)) {
        void *frames[48];
        int count = backtrace(frames, 48);
        backtrace_symbols_fd(frames, count, STDERR_FILENO);
    }
    cs_die(number);
}

static void on_exit_still_armed(void) {
    restore_now();
    cs_replay_stderr();
}

int cs_pipe(int *read_end, int *write_end) {
    int ends[2];
    if (pipe(ends) != 0) return errno;
    for (int i = 0; i < 2; i++) {
        fcntl(ends[i], F_SETFL, O_NONBLOCK);
        fcntl(ends[i], F_SETFD, FD_CLOEXEC);
    }
    *read_end = ends[0];
    *write_end = ends[1];
    return 0;
}

void cs_install(int write_end) {
    static int registered;
    wake_fd = write_end;
    if (atomic_exchange(&installed, 1)) return;
    if (!registered) {
        registered = 1;
        atexit(on_exit_still_armed);
        /* The first call loads a library, which a handler must not do. */
        void *frame;
        backtrace(&frame, 1);
    }
    atomic_store(&ending, 0);
    cs_alternate_stack();
    struct sigaction note = {.sa_handler = on_note, .sa_flags = SA_RESTART};
    sigfillset(&note.sa_mask);
    for (int i = 0; i < note_count; i++) {
        sigaction(note_at(i), &note, &old_notes[i]);
        /* Who was started to outlive a terminal, by nohup for one, does. ^C is ours whatever the shell did with it. */
        if (i >= 3 && note_at(i) != SIGINT && old_notes[i].sa_handler == SIG_IGN) {
            sigaction(note_at(i), &old_notes[i], NULL);
        }
    }
    struct sigaction crash = {.sa_sigaction = on_crash, .sa_flags = SA_ONSTACK | SA_NODEFER | SA_SIGINFO};
    sigemptyset(&crash.sa_mask);
    for (int i = 0; i < crash_count; i++) sigaction(crashes[i], &crash, &old_crashes[i]);
    struct sigaction timer = {.sa_handler = on_alarm};
    sigaction(SIGALRM, &timer, &old_alarm);
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &ignore, &old_pipe);
    cs_clear_mask();
}

void cs_clear_mask(void) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

void cs_uninstall(void) {
    /* Once the process was told to end, the timer and its handler stay: nothing may hold it up. */
    if (ending || !atomic_exchange(&installed, 0)) return;
    for (int i = 0; i < note_count; i++) sigaction(note_at(i), &old_notes[i], NULL);
    for (int i = 0; i < crash_count; i++) sigaction(crashes[i], &old_crashes[i], NULL);
    sigaction(SIGALRM, &old_alarm, NULL);
    sigaction(SIGPIPE, &old_pipe, NULL);
}

/* Given back when its thread ends: threads come and go with every change of a parameter. */
static pthread_key_t alternate_stacks;

static void free_stack(void *base) {
    stack_t none = {.ss_flags = SS_DISABLE};
    sigaltstack(&none, NULL);
    free(base);
}

static void make_stack_key(void) { pthread_key_create(&alternate_stacks, free_stack); }

void cs_alternate_stack(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_stack_key);
    if (pthread_getspecific(alternate_stacks)) return;
    stack_t stack = {.ss_size = 128 * 1024};
    stack.ss_sp = malloc(stack.ss_size);
    if (!stack.ss_sp) return;
    if (pthread_setspecific(alternate_stacks, stack.ss_sp) != 0 || sigaltstack(&stack, NULL) != 0) {
        pthread_setspecific(alternate_stacks, NULL);
        free(stack.ss_sp);
    }
}

void cs_arm(int terminal, const char *bytes, size_t count, const struct termios *cooked) {
    atomic_store(&armed, 0);
    terminal_fd = terminal;
    restore_count = count < sizeof restore_bytes ? count : sizeof restore_bytes;
    memcpy(restore_bytes, bytes, restore_count);
    cooked_mode = *cooked;
    atomic_store(&armed, 1);
}

int cs_disarm(void) { return claim(); }

int cs_ignores_hangup(void) {
    struct sigaction now;
    return sigaction(SIGHUP, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

int cs_files_may_grow(void) {
    struct rlimit limit;
    return getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY;
}

int cs_open_again(int terminal) {
#ifdef __linux__
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", terminal);
    return open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
#else
    (void)terminal;
    return -1;
#endif
}

int cs_scratch_file(void) {
#ifdef __linux__
    int memory = memfd_create("halfspace", MFD_CLOEXEC);
    if (memory >= 0) return memory;
#endif
    const char *folder = getenv("TMPDIR");
    char path[512];
    if (!folder || strlen(folder) > 400) folder = "/tmp";
    strcpy(path, folder);
    strcat(path, "/halfspace-XXXXXX");
    int file = mkstemp(path);
    if (file < 0) return -1;
    unlink(path);
    fcntl(file, F_SETFD, FD_CLOEXEC);
    return file;
}

int cs_capture_stderr(void) {
    if (captured_fd >= 0 || !isatty(STDERR_FILENO)) return 0;
    int file = cs_scratch_file();
    int real = dup(STDERR_FILENO);
    if (file < 0 || real < 0) {
        if (file >= 0) close(file);
        if (real >= 0) close(real);
        return 0;
    }
    fcntl(real, F_SETFD, FD_CLOEXEC);
    /* Appending, so that reading it back needs no agreement on a position. */
    fcntl(file, F_SETFL, O_APPEND);
    if (dup2(file, STDERR_FILENO) < 0) {
        close(file);
        close(real);
        return 0;
    }
    atomic_store(&real_stderr, real);
    atomic_store(&captured_fd, file);
    return 1;
}

void cs_replay_stderr(void) {
    int file = atomic_exchange(&captured_fd, -1);
    if (file < 0) return;
    int real = atomic_exchange(&real_stderr, -1);
    dup2(real, STDERR_FILENO);
    off_t end = lseek(file, 0, SEEK_END);
    off_t at = end > 65536 ? end - 65536 : 0;
    char part[4096];
    while (at < end) {
        ssize_t count = pread(file, part, sizeof part, at);
        if (count <= 0) break;
        write_all(STDERR_FILENO, part, (size_t)count);
        at += count;
    }
    close(file);
    close(real);
}

void cs_stop(void) {
    struct sigaction now, before;
    memset(&now, 0, sizeof now);
    now.sa_handler = SIG_DFL;
    sigaction(SIGTSTP, &now, &before);
    kill(0, SIGTSTP);
    sigaction(SIGTSTP, &before, NULL);
}

void cs_start_again(char *const arguments[]) {
#ifdef __linux__
    /* By its real path, so that the process keeps its name. */
    char path[4096];
    ssize_t count = readlink("/proc/self/exe", path, sizeof path - 1);
    if (count <= 0) return;
    path[count] = 0;
    execv(path, arguments);
#else
    (void)arguments;
#endif
}

void cs_die(int number) {
    struct sigaction now;
    memset(&now, 0, sizeof now);
    now.sa_handler = SIG_DFL;
    sigaction(number, &now, NULL);
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, number);
    sigprocmask(SIG_UNBLOCK, &only, NULL);
    raise(number);
    _exit(128 + number);
}

/* ncurses counts cells in 16 bits, and no screen has so many. */
enum { most_columns = 2000, most_rows = 1000 };

int cs_size(int terminal, int *columns, int *rows) {
    struct winsize size;
    if (ioctl(terminal, TIOCGWINSZ, &size) != 0) return errno;
    *columns = size.ws_col < most_columns ? size.ws_col : most_columns;
    *rows = size.ws_row < most_rows ? size.ws_row : most_rows;
    return 0;
}

int cs_readable(int descriptor) {
    int count = 0;
    return ioctl(descriptor, FIONREAD, &count) == 0 ? count : -1;
}
