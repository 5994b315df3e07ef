/*-------------------------------------------------------------------------
 *
 * script.c
 *	  A fuzz target's input as lines of text: a letter, then numbers.
 *
 *-------------------------------------------------------------------------
 */
#include "script.h"

#include <stdio.h>
#include <stdlib.h>

#include "saturated.h"

#define MINUTE	INT64_C(60000000)

static int
peek(const Script *script)
{
	return script->position < script->length ? script->data[script->position] : '\n';
}

static bool
is_digit(int c)
{
	return c >= '0' && c <= '9';
}

bool
script_next(Script *script, char *letter)
{
	bool		fresh = script->position == 0;

	for (; script->position < script->length; script->position++)
	{
		int			c = script->data[script->position];

		if (fresh && c >= 'a' && c <= 'z')
		{
			*letter = (char) c;
			script->position++;
			return true;
		}
		fresh = c == '\n';
	}
	return false;
}

/* Go to the next number of the line: the sign before it, or 0 at the end. */
static int
find_number(Script *script)
{
	int			sign = '+';

	for (; peek(script) != '\n'; script->position++)
	{
		if (is_digit(peek(script)))
			return sign;
		sign = peek(script) == ' ' ? '+' : peek(script);
	}
	return 0;
}

static int64_t
read_digits(Script *script)
{
	int64_t		value = 0;

	for (; is_digit(peek(script)); script->position++)
	{
		if (__builtin_mul_overflow(value, 10, &value))
			value = INT64_MAX;
		value = add_saturated(value, peek(script) - '0');
	}
	return value;
}

int64_t
script_number(Script *script)
{
	int			sign = find_number(script);
	int64_t		value = sign == 0 ? 0 : read_digits(script);

	return sign == '-' ? -value : value;
}

int64_t
script_time(Script *script)
{
	int			sign = find_number(script);
	int64_t		value = sign == 0 ? 0 : read_digits(script);

	if (peek(script) == 'u')
		script->position++;
	else if (__builtin_mul_overflow(value, MINUTE, &value))
		value = INT64_MAX;
	if (sign == '<')
		return add_saturated(INT64_MIN, value);
	if (sign == '>')
		return INT64_MAX - value;
	return sign == '-' ? -value : value;
}

void
must(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "NOT SO: %s\n", what);
	abort();
}
