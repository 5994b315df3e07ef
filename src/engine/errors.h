/*-------------------------------------------------------------------------
 *
 * errors.h
 *	  Refusals: the errors that callers of timetap are promised.
 *
 * A refusal is data first, so that try_book() can return it as a row and
 * book() can raise it: SQLSTATE PTnnn (PostgREST answers HTTP nnn), a message
 * for people, DETAIL a JSON object with "code", HINT the next step.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_ERRORS_H
#define TT_ERRORS_H

#include "slot_core.h"

/* The codes of the contract; their names and SQLSTATEs are in errors.c. */
typedef enum TTCode
{
	TT_HOST_NOT_FOUND,
	TT_EVENT_TYPE_NOT_FOUND,
	TT_BOOKING_NOT_FOUND,
	TT_CODE_SLOT_TAKEN,
	TT_WRONG_STATE,
	TT_ALREADY_EXISTS,
	TT_VERSION_CONFLICT,
	TT_CODE_OUTSIDE_HOURS,
	TT_CODE_BLOCKED_DATE,
	TT_CODE_TOO_SOON,
	TT_CODE_TOO_FAR,
	TT_CODE_OFF_GRID,
	TT_CODE_LIMIT_REACHED,
	TT_BAD_DURATION,
	TT_BAD_TIME_ZONE,
	TT_BAD_EMAIL,
	TT_BAD_HOURS,
	TT_BAD_RANGE,
	TT_BAD_HANDLE,
	TT_SPAN_TOO_LONG,
	TT_CUTOFF_PASSED,
	TT_INACTIVE,
	TT_HOLD_EXPIRED,
	TT_WORKER_UNAVAILABLE,
	TT_NOT_ALLOWED,
	TT_BAD_ARGUMENT,			/* a value that no code of the contract names:
								 * SQLSTATE 22023 */
	TT_NOT_SUPPORTED,			/* an argument whose work is not in this
								 * version: SQLSTATE 0A000 */
	TT_NUM_CODES
} TTCode;

typedef struct TTRefusal
{
	TTCode		code;
	char	   *message;
	char	   *hint;			/* NULL: none */
	const char *reason;			/* what check_slot() calls it, where that is
								 * more exact than the code; NULL: the code */
	char	   *detail;			/* further members of DETAIL's object, such as
								 * "alternatives": [..]; NULL: none */
} TTRefusal;

extern const char *tt_errors_code_name(TTCode code);

/* Fill in a refusal; always returns false, for "return tt_errors_refuse(..)". */
extern bool tt_errors_refuse(TTRefusal *refusal, TTCode code, const char *hint,
							 const char *format,...) __attribute__((format(printf, 4, 5)));

/* Raise a refusal as an error. */
extern void tt_errors_raise(const TTRefusal *refusal) pg_attribute_noreturn();

/* Both at once. */
extern void tt_errors_throw(TTCode code, const char *hint,
							const char *format,...) __attribute__((format(printf, 3, 4))) pg_attribute_noreturn();

#endif							/* TT_ERRORS_H */
