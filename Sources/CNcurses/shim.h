/* ncurses with wide characters, and wrappers for what Swift cannot import: macros, mutable globals. */
#ifndef CNCURSES_SHIM_H
#define CNCURSES_SHIM_H

#define _XOPEN_SOURCE_EXTENDED 1
#define NCURSES_WIDECHAR 1
#define NCURSES_NOMACROS 1
#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <term.h>
#include <wchar.h>
/* term.h defines every capability as a macro; these two names are ours. */
#undef columns
#undef lines

static inline WINDOW *hs_stdscr(void) { return stdscr; }
static inline WINDOW *hs_curscr(void) { return curscr; }
static inline int hs_colours(void) { return COLORS; }
static inline int hs_pairs(void) { return COLOR_PAIRS; }
static inline int hs_width(void) { return COLS; }
static inline int hs_height(void) { return LINES; }

static inline attr_t hs_bold(void) { return WA_BOLD; }
static inline attr_t hs_dim(void) { return WA_DIM; }
static inline attr_t hs_reverse(void) { return WA_REVERSE; }
static inline attr_t hs_underline(void) { return WA_UNDERLINE; }

/* A cell template: one character with attributes and a colour pair of any number. */
static inline cchar_t hs_cell(wchar_t character, attr_t attributes, int pair) {
    cchar_t cell;
    wchar_t text[2] = {character, 0};
    setcchar(&cell, text, attributes, (short)(pair > 32767 ? 32767 : pair), &pair);
    return cell;
}

/* The first character, attributes and pair of a cell of a window; 0 where there is none. */
static inline int hs_read(WINDOW *window, int y, int x, wchar_t text[CCHARW_MAX + 1], attr_t *attributes, int *pair) {
    cchar_t cell;
    short narrow;
    if (mvwin_wch(window, y, x, &cell) == ERR) return 0;
    return getcchar(&cell, text, attributes, &narrow, pair) == OK;
}

static inline int hs_is_continuation(WINDOW *window, int y, int x) {
    cchar_t cell;
    if (mvwin_wch(window, y, x, &cell) == ERR) return 0;
    /* ncurses marks the right half of a wide character in the low bits of its attributes. */
    return (cell.attr & A_CHARTEXT) > 1;
}

static inline int hs_key_f0(void) { return KEY_F0; }
static inline mmask_t hs_mouse_all(void) { return ALL_MOUSE_EVENTS | REPORT_MOUSE_POSITION; }
static inline mmask_t hs_mouse_motion(void) { return REPORT_MOUSE_POSITION; }

/* What the mouse did: 0 nothing known, 1 press, 2 release, 3 click (press and release at once). Button 1…5. */
static inline int hs_mouse_action(mmask_t state, int *button) {
    for (int b = 1; b <= 5; b++) {
        *button = b;
        if (BUTTON_PRESS(state, b)) return 1;
        if (BUTTON_RELEASE(state, b)) return 2;
        if (BUTTON_CLICK(state, b) || BUTTON_DOUBLE_CLICK(state, b) || BUTTON_TRIPLE_CLICK(state, b)) return 3;
    }
    *button = 0;
    return 0;
}

/* Declared here because <wchar.h> hides it from strict modes. */
extern int wcwidth(wchar_t character);
static inline int hs_wcwidth(wchar_t character) { return wcwidth(character); }

/* Frees what setupterm has set up. */
static inline void hs_forget_terminal(void) {
    if (cur_term) del_curterm(cur_term);
}

static inline const char *hs_codeset(void) { return nl_langinfo(CODESET); }

/* A string capability, NULL where the terminal has none. */
static inline const char *hs_capability(const char *name) {
    const char *value = tigetstr((NCURSES_CONST char *)name);
    return value == (char *)-1 ? NULL : value;
}

#endif
