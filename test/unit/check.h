/*-------------------------------------------------------------------------
 *
 * check.h
 *	  What a test program outside of the server needs: one TAP line a check.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>
#include <stdint.h>

/* Print "ok" or "not ok" with the check's name; returns "passed". */
extern bool check(bool passed, const char *name,...)
			__attribute__((format(printf, 2, 3)));

/* The same for two texts, which are shown when they differ. */
extern bool check_text(const char *got, const char *expected, const char *name,...)
			__attribute__((format(printf, 3, 4)));

/* More about the last check, as a TAP comment. */
extern void note(const char *format,...) __attribute__((format(printf, 1, 2)));

/* Print the plan; returns the program's exit status. */
extern int	checks_done(void);

/* Random numbers that a seed repeats on every machine (splitmix64). */
extern void random_seed(uint64_t seed);
extern uint64_t random_bits(void);

/* In [lo, hi], both included. */
extern int64_t random_between(int64_t lo, int64_t hi);

/* The seed in the program's first argument, or one from the clock; prints it. */
extern uint64_t seed_of(int argc, char **argv);

#endif							/* CHECK_H */
