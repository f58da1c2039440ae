#define _GNU_SOURCE
#include "cpseudoterminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#ifdef __APPLE__
#include <util.h>
#else
#include <pty.h>
#endif

pid_t pt_spawn(char *const argv[], char *const envp[], int columns, int rows, int *master) {
    struct winsize size = {.ws_col = (unsigned short)columns, .ws_row = (unsigned short)rows};
    pid_t process = forkpty(master, NULL, NULL, &size);
    if (process < 0) return -1;
    if (process == 0) {
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        for (int number = 1; number < 32; number++) signal(number, SIG_DFL);
        execve(argv[0], argv, envp);
        _exit(127);
    }
    fcntl(*master, F_SETFD, FD_CLOEXEC);
    fcntl(*master, F_SETFL, O_NONBLOCK);
    return process;
}

int pt_resize(int master, int columns, int rows) {
    struct winsize size = {.ws_col = (unsigned short)columns, .ws_row = (unsigned short)rows};
    return ioctl(master, TIOCSWINSZ, &size) == 0 ? 0 : errno;
}

int pt_poll(pid_t process, int *value) {
    int status = 0;
    pid_t done = waitpid(process, &status, WNOHANG | WUNTRACED);
    if (done == 0) return 0;
    if (done < 0) return -1;
    if (WIFSTOPPED(status)) {
        *value = WSTOPSIG(status);
        return 3;
    }
    if (WIFSIGNALED(status)) {
        *value = WTERMSIG(status);
        return 2;
    }
    *value = WEXITSTATUS(status);
    return 1;
}

int pt_is_cooked(int master) {
    struct termios mode;
    if (tcgetattr(master, &mode) != 0) return -1;
    return (mode.c_lflag & ICANON) && (mode.c_lflag & ECHO) && (mode.c_oflag & OPOST) && (mode.c_iflag & ICRNL) ? 1 : 0;
}

long pt_processor_milliseconds(pid_t process) {
#ifdef __linux__
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)process);
    FILE *file = fopen(path, "r");
    if (!file) return -1;
    unsigned long user = 0, kernel = 0;
    int found = fscanf(file, "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &kernel);
    fclose(file);
    return found == 2 ? (long)((user + kernel) * 1000 / (unsigned long)sysconf(_SC_CLK_TCK)) : -1;
#else
    (void)process;
    return -1;
#endif
}
