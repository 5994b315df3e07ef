/*-------------------------------------------------------------------------
 *
 * hours_text_fuzz.c
 *	  Opening hours in whatever words a fuzzer finds.
 *
 * The input is the text, read as weekly hours and as those of a date.  What is
 * understood is merged, and must stay the same minutes; written out again it
 * must be understood as the same windows.  What is not understood must say
 * where, within the text.
 *
 *-------------------------------------------------------------------------
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hours_merge.h"
#include "hours_text.h"
#include "script.h"

#define DAY_SECONDS		86400
#define DAY_MINUTES		1440
#define MOST_QUOTED		40

/* The longest window as text: "6 10:00-11:00;" */
#define WINDOW_LENGTH	16

/* The minutes of two days for each weekday, and for a date that has none. */
typedef struct Minutes
{
	bool		open[8][2 * DAY_MINUTES];
} Minutes;

typedef int (*ReadHours) (const char *text, size_t length, TTHours *hours, TTHoursError *error);

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);

static void
check_error(const TTHoursError *error, const char *text, size_t length)
{
	must(error->position <= length && error->length <= length - error->position,
		 "a fault is within the text");
	must(error->length <= MOST_QUOTED, "a quoted word is short");
	must(error->length > 0 || error->position == length || ((unsigned char) text[error->position + 1] & 0xC0) == 0x80,
		 "nothing is quoted only at the end, or of bytes that are no text");
	must(error->message != NULL && error->message[0] != '\0', "a fault has a message");
	must(memchr(text + error->position, ';', error->length) == NULL || error->length == 1,
		 "a quoted word ends before a sign");
}

static void
check_windows(const TTHours *hours, int count, bool weekly)
{
	must(count >= 0 && count <= TT_MAX_HOURS, "windows there is room for");
	for (int i = 0; i < count; i++)
	{
		must(weekly ? hours[i].day >= 0 && hours[i].day <= 6 : hours[i].day == -1, "a day");
		must(hours[i].starts >= 0 && hours[i].starts < DAY_SECONDS, "a start");
		must(hours[i].ends > 0 && hours[i].ends <= DAY_SECONDS, "an end");
		must(hours[i].starts != hours[i].ends, "a window that lasts");
		must(hours[i].starts % 60 == 0 && hours[i].ends % 60 == 0, "whole minutes");
	}
}

static int
unrolled_end(const TTHours *window)
{
	return (window->ends + (window->ends <= window->starts ? DAY_SECONDS : 0)) / 60;
}

static void
fill_minutes(Minutes *minutes, const TTHours *hours, int count)
{
	memset(minutes, 0, sizeof(Minutes));
	for (int i = 0; i < count; i++)
	{
		int			starts = hours[i].starts / 60;

		memset(&minutes->open[hours[i].day + 1][starts], true, (size_t) (unrolled_end(&hours[i]) - starts));
	}
}

/* Could two windows of a day be one?  Not one of a day that begins again. */
static bool
could_be_one(const TTHours *a, const TTHours *b)
{
	int			starts = a->starts / 60;
	int			end = unrolled_end(a) > unrolled_end(b) ? unrolled_end(a) : unrolled_end(b);

	return a->day == b->day && b->starts / 60 <= unrolled_end(a) &&
		(end <= DAY_MINUTES || end - starts < DAY_MINUTES);
}

/* Merge; the same minutes are open, in windows that are apart. */
static int
merge(TTHours *hours, int count)
{
	static Minutes before;
	static Minutes after;
	static TTHours again[TT_MAX_HOURS];
	int			merged;

	fill_minutes(&before, hours, count);
	merged = tt_hours_merge(hours, count);
	fill_minutes(&after, hours, merged);
	must(merged <= count, "merging makes fewer windows");
	must(memcmp(&before, &after, sizeof(Minutes)) == 0, "merging keeps the minutes");
	for (int i = 1; i < merged; i++)
	{
		must(hours[i - 1].day < hours[i].day ||
			 (hours[i - 1].day == hours[i].day && hours[i - 1].starts < hours[i].starts), "windows are in order");
		must(!could_be_one(&hours[i - 1], &hours[i]), "no window could be part of the one before");
	}
	memcpy(again, hours, sizeof(TTHours) * (size_t) merged);
	must(tt_hours_merge(again, merged) == merged &&
		 memcmp(again, hours, sizeof(TTHours) * (size_t) merged) == 0, "merged windows stay as they are");
	return merged;
}

/* Write the windows out; they must be read as the same. */
static void
read_again(ReadHours read_hours, const TTHours *hours, int count)
{
	static char text[TT_MAX_HOURS * WINDOW_LENGTH];
	static TTHours again[TT_MAX_HOURS];
	TTHoursError error;
	size_t		used = 0;

	for (int i = 0; i < count; i++)
	{
		if (i > 0)
			text[used++] = hours[i].day >= 0 ? ';' : ',';
		if (hours[i].day >= 0)
			used += (size_t) sprintf(text + used, "%d ", hours[i].day);
		used += (size_t) sprintf(text + used, "%d:%02d-%02d:%02d", hours[i].starts / 3600, hours[i].starts / 60 % 60,
								 hours[i].ends / 3600, hours[i].ends / 60 % 60);
	}
	must(read_hours(text, used, again, &error) == count, "windows that are written out are read");
	must(memcmp(again, hours, sizeof(TTHours) * (size_t) count) == 0, "... as the same");
}

static void
try_text(ReadHours read_hours, const char *text, size_t length, bool weekly)
{
	static TTHours hours[TT_MAX_HOURS];
	TTHoursError error = {0};
	int			count = read_hours(text, length, hours, &error);

	if (count == -1)
		check_error(&error, text, length);
	else
	{
		check_windows(hours, count, weekly);
		count = merge(hours, count);
		check_windows(hours, count, weekly);
		read_again(read_hours, hours, count);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
	/* libFuzzer's copy ends with the text: a byte too far is seen by ASan. */
	try_text(tt_hours_text_weekly, (const char *) data, length, true);
	try_text(tt_hours_text_date, (const char *) data, length, false);
	return 0;
}
