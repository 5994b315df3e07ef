/*-------------------------------------------------------------------------
 *
 * script.h
 *	  A fuzz target's input as lines of text: a letter, then numbers.
 *
 * Any bytes at all are a script.  A number is of minutes, or of microseconds
 * with "u" behind it; "<" before it counts from the beginning of int64, ">"
 * back from its end.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SCRIPT_H
#define SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Script
{
	const uint8_t *data;
	size_t		length;
	size_t		position;
} Script;

/* Go to the next line that begins with a letter; false at the end. */
extern bool script_next(Script *script, char *letter);

/* The next number of the line as it is, or 0 if there is none. */
extern int64_t script_number(Script *script);

/* The same in microseconds. */
extern int64_t script_time(Script *script);

/* End the run with the name of what is not as it must be. */
extern void must(bool holds, const char *what);

#endif							/* SCRIPT_H */
