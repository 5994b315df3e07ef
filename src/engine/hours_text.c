/*-------------------------------------------------------------------------
 *
 * hours_text.c
 *	  Reads opening hours as people write them.
 *
 *	  weekly:	entry { ';' entry }		an entry may be empty
 *	  entry:	days windows
 *	  days:		day [ '-' day ] { ',' day [ '-' day ] }
 *	  windows:	time '-' time { ',' time '-' time }
 *
 * One pass, one byte of look-ahead, blanks allowed around every sign.  Days
 * are gathered in a bit mask, so that a text writes no more than seven windows
 * for each that it names, however often it repeats a day.  A fault names the
 * word at which the reading stopped.
 *
 *-------------------------------------------------------------------------
 */
#include "hours_text.h"

#define SECS_PER_MINUTE	60
#define SECS_PER_HOUR	3600
#define SECS_PER_DAY	86400
#define DAYS_PER_WEEK	7

/* The days of a date's hours: no weekday at all. */
#define NO_DAYS			0

/* A faulty word is quoted up to here. */
#define MAX_WORD		40

static const char *const day_names[DAYS_PER_WEEK] = {
	"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"
};

typedef struct Reader
{
	const char *text;
	size_t		length;
	size_t		position;
	TTHours    *hours;
	int			count;
	TTHoursError *error;
} Reader;

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_sign(char c)
{
	return c == ',' || c == ';' || c == '-';
}

static char
lower(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char) (c - 'A' + 'a');
	return c;
}

static void
skip_blanks(Reader *reader)
{
	while (reader->position < reader->length &&
		   is_blank(reader->text[reader->position]))
		reader->position++;
}

/* The next byte after blanks, or 0 at the end (as for a zero byte: a fault). */
static char
peek(Reader *reader)
{
	skip_blanks(reader);
	if (reader->position == reader->length)
		return '\0';
	return reader->text[reader->position];
}

static bool
at_end(Reader *reader)
{
	skip_blanks(reader);
	return reader->position == reader->length;
}

static bool
take_sign(Reader *reader, char sign)
{
	if (peek(reader) != sign)
		return false;
	reader->position++;
	return true;
}

/* Bytes until the next blank or sign. */
static size_t
word_length(const Reader *reader)
{
	size_t		end = reader->position;

	while (end < reader->length && !is_blank(reader->text[end]) &&
		   !is_sign(reader->text[end]))
		end++;
	return end - reader->position;
}

/* What to quote at the current position: a word, or a sign alone. */
static size_t
quoted_length(const Reader *reader)
{
	size_t		length = word_length(reader);

	if (length == 0)
		return reader->position < reader->length ? 1 : 0;
	if (length <= MAX_WORD)
		return length;

	/* Do not cut through a character of several bytes. */
	length = MAX_WORD;
	while (length > 0 &&
		   ((unsigned char) reader->text[reader->position + length] & 0xC0) == 0x80)
		length--;
	return length;
}

static bool
fault_at(Reader *reader, size_t position, const char *message)
{
	reader->position = position;
	reader->error->position = position;
	reader->error->message = message;
	reader->error->length = quoted_length(reader);
	return false;
}

static bool
fault(Reader *reader, const char *message)
{
	return fault_at(reader, reader->position, message);
}

/* Is the word a day's name, or its first two or three letters? */
static bool
names_day(const char *word, size_t length, const char *name)
{
	size_t		i = 0;

	while (i < length && name[i] != '\0' && lower(word[i]) == name[i])
		i++;
	return i == length && (name[i] == '\0' || i == 2 || i == 3);
}

static bool
read_day(Reader *reader, int *day)
{
	const char *word;
	size_t		length;

	skip_blanks(reader);
	word = reader->text + reader->position;
	length = word_length(reader);
	if (length == 0)
		return fault(reader, "a day is expected");
	for (*day = 0; *day < DAYS_PER_WEEK; (*day)++)
	{
		if (names_day(word, length, day_names[*day]) ||
			(length == 1 && word[0] == '0' + *day))
		{
			reader->position += length;
			return true;
		}
	}
	for (size_t i = 0; i < length && (is_digit(word[i]) || word[i] == ':'); i++)
	{
		if (word[i] == ':')
			return fault(reader, "days are expected before the hours");
	}
	return fault(reader, "the day name is not known");
}

/* Read days, lists and ranges, into a mask with a bit for each. */
static bool
read_days(Reader *reader, unsigned *days)
{
	int			first;
	int			last;

	*days = 0;
	do
	{
		if (!read_day(reader, &first))
			return false;
		last = first;
		if (take_sign(reader, '-') && !read_day(reader, &last))
			return false;
		for (int day = first;; day = (day + 1) % DAYS_PER_WEEK)
		{
			*days |= 1u << day;
			if (day == last)
				break;
		}
	} while (take_sign(reader, ','));
	return true;
}

/* Read a time, H:MM or HH:MM, up to 24:00, after blanks. */
static bool
read_time(Reader *reader, int32_t *seconds)
{
	const char *word;
	size_t		length;
	size_t		digits;
	int			hours = 0;
	int			minutes;

	word = reader->text + reader->position;
	length = word_length(reader);
	for (digits = 0; digits < length && digits < 2 && is_digit(word[digits]); digits++)
		hours = hours * 10 + (word[digits] - '0');
	if (digits == 0 || length != digits + 3 || word[digits] != ':' ||
		!is_digit(word[digits + 1]) || !is_digit(word[digits + 2]))
		return fault(reader, "a time such as 9:00 is expected");
	minutes = (word[digits + 1] - '0') * 10 + (word[digits + 2] - '0');
	if (minutes > 59 || hours * 60 + minutes > 24 * 60)
		return fault(reader, "there is no such time of day");
	reader->position += length;
	*seconds = hours * SECS_PER_HOUR + minutes * SECS_PER_MINUTE;
	return true;
}

static bool
add_window(Reader *reader, size_t position, int day, int32_t starts, int32_t ends)
{
	TTHours    *window;

	if (reader->count == TT_MAX_HOURS)
		return fault_at(reader, position, "there are too many windows");
	window = &reader->hours[reader->count++];
	window->day = day;
	window->starts = starts;
	window->ends = ends;
	return true;
}

/* Read one window and write it for each of the days. */
static bool
read_window(Reader *reader, unsigned days)
{
	size_t		position;
	size_t		end_position;
	int32_t		starts;
	int32_t		ends;

	skip_blanks(reader);
	position = reader->position;
	if (!read_time(reader, &starts))
		return false;
	if (starts == SECS_PER_DAY)
		return fault_at(reader, position, "24:00 can only be an end");
	if (!take_sign(reader, '-'))
		return fault(reader, "\"-\" and an end are expected after the start");
	skip_blanks(reader);
	end_position = reader->position;
	if (!read_time(reader, &ends))
		return false;
	if (ends == starts)
		return fault_at(reader, end_position, "the end is the same as the start");

	/* Midnight as an end is the end of the day. */
	if (ends == 0)
		ends = SECS_PER_DAY;
	if (days == NO_DAYS)
		return add_window(reader, position, -1, starts, ends);
	for (int day = 0; day < DAYS_PER_WEEK; day++)
	{
		if ((days & (1u << day)) != 0 &&
			!add_window(reader, position, day, starts, ends))
			return false;
	}
	return true;
}

static bool
read_windows(Reader *reader, unsigned days)
{
	do
	{
		if (!read_window(reader, days))
			return false;
	} while (take_sign(reader, ','));
	return true;
}

static bool
read_weekly(Reader *reader)
{
	unsigned	days;

	do
	{
		if (at_end(reader) || peek(reader) == ';')
			continue;
		if (!read_days(reader, &days) || !read_windows(reader, days))
			return false;
		if (!at_end(reader) && peek(reader) != ';')
			return fault(reader, "\",\" or \";\" is expected between windows");
	} while (take_sign(reader, ';'));
	return true;
}

static bool
read_date(Reader *reader)
{
	if (at_end(reader))
		return true;
	if (!read_windows(reader, NO_DAYS))
		return false;
	if (!at_end(reader))
		return fault(reader, "\",\" is expected between windows");
	return true;
}

int
tt_hours_text_weekly(const char *text, size_t length, TTHours *hours,
					 TTHoursError *error)
{
	Reader		reader = {text, length, 0, hours, 0, error};

	return read_weekly(&reader) ? reader.count : -1;
}

int
tt_hours_text_date(const char *text, size_t length, TTHours *hours,
				   TTHoursError *error)
{
	Reader		reader = {text, length, 0, hours, 0, error};

	return read_date(&reader) ? reader.count : -1;
}
