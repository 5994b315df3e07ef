/*-------------------------------------------------------------------------
 *
 * hours_text_test.c
 *	  Opening hours as people write them, and as nobody should.
 *
 *-------------------------------------------------------------------------
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "check.h"
#include "hours_text.h"

#define MEGABYTE	(1024 * 1024)
#define RANDOM_TEXTS 20000

typedef struct Case
{
	const char *text;
	const char *expected;		/* windows, or "position/length message" */
} Case;

static const Case weekly[] = {
	{"", ""},
	{"  \t\r\n ", ""},
	{";", ""},
	{" ; ;; ", ""},
	{"Mon 9:00-17:00", "1 9:00-17:00"},
	{"Mon 09:00-17:00", "1 9:00-17:00"},
	{"Mon-Fri 09:00-12:00, 13:00-17:00; Sat 10:00-14:00",
		"1 9:00-12:00 2 9:00-12:00 3 9:00-12:00 4 9:00-12:00 5 9:00-12:00 "
		"1 13:00-17:00 2 13:00-17:00 3 13:00-17:00 4 13:00-17:00 5 13:00-17:00 "
	"6 10:00-14:00"},
	{"Mon,Wed 9:05-9:06", "1 9:05-9:06 3 9:05-9:06"},
	{"Fri-Mon 9:00-10:00", "0 9:00-10:00 1 9:00-10:00 5 9:00-10:00 6 9:00-10:00"},
	{"Mon-Mon 9:00-10:00", "1 9:00-10:00"},
	{"Sun-Sat 9:00-10:00", "0 9:00-10:00 1 9:00-10:00 2 9:00-10:00 3 9:00-10:00 "
	"4 9:00-10:00 5 9:00-10:00 6 9:00-10:00"},
	{"Sat-Sun,Tu-We,Sa 9:00-10:00", "0 9:00-10:00 2 9:00-10:00 3 9:00-10:00 6 9:00-10:00"},
	{"0 9:00-10:00;6 9:00-10:00", "0 9:00-10:00 6 9:00-10:00"},
	{"1-3 9:00-10:00", "1 9:00-10:00 2 9:00-10:00 3 9:00-10:00"},
	{"su 1:00-2:00; MO 1:00-2:00; Tue 1:00-2:00; wednesday 1:00-2:00; THURSDAY 1:00-2:00; fR 1:00-2:00",
	"0 1:00-2:00 1 1:00-2:00 2 1:00-2:00 3 1:00-2:00 4 1:00-2:00 5 1:00-2:00"},
	{" Mon - Tue , Thu\t9:00 -\n10:00 , 11:00- 12:00 ; ",
		"1 9:00-10:00 2 9:00-10:00 4 9:00-10:00 "
	"1 11:00-12:00 2 11:00-12:00 4 11:00-12:00"},
	{"Fri 22:00-02:00", "5 22:00-2:00"},
	{"Fri 0:00-24:00", "5 0:00-24:00"},
	{"Fri 22:00-0:00", "5 22:00-24:00"},
	{"Fri 23:59-24:00", "5 23:59-24:00"},
	{"Mon 9:00-10:00; Mon 9:00-10:00", "1 9:00-10:00 1 9:00-10:00"},

	{"M 9:00-10:00", "0/1 the day name is not known"},
	{"Mond 9:00-10:00", "0/4 the day name is not known"},
	{"Mon, Xyz 9:00-10:00", "5/3 the day name is not known"},
	{"Mondays 9:00-10:00", "0/7 the day name is not known"},
	{"7 9:00-10:00", "0/1 the day name is not known"},
	{"10 9:00-10:00", "0/2 the day name is not known"},
	{"Mon-Fry 9:00-10:00", "4/3 the day name is not known"},
	{"Mon9:00-10:00", "0/7 the day name is not known"},
	{"Mon 9:00-10:00; Foo 9:00-10:00", "16/3 the day name is not known"},
	{"\xC3\x96" "ffnung 9:00-10:00", "0/8 the day name is not known"},
	{"9:00-10:00", "0/4 days are expected before the hours"},
	{"Mon 9:00-10:00; 11:00-12:00", "16/5 days are expected before the hours"},
	{"Mon, 9:00-10:00", "5/4 days are expected before the hours"},
	{"Mon, , Tue 9:00-10:00", "5/1 a day is expected"},
	{"- 9:00-10:00", "0/1 a day is expected"},
	{"Mon-", "4/0 a day is expected"},
	{",", "0/1 a day is expected"},
	{"Mon", "3/0 a time such as 9:00 is expected"},
	{"Mon;", "3/1 a time such as 9:00 is expected"},
	{"Mon ; Tue 9:00-10:00", "4/1 a time such as 9:00 is expected"},
	{"Mon 9", "4/1 a time such as 9:00 is expected"},
	{"Mon 9-17", "4/1 a time such as 9:00 is expected"},
	{"Mon 9:0-10:00", "4/3 a time such as 9:00 is expected"},
	{"Mon 9:000-10:00", "4/5 a time such as 9:00 is expected"},
	{"Mon 009:00-10:00", "4/6 a time such as 9:00 is expected"},
	{"Mon 9:x0-10:00", "4/4 a time such as 9:00 is expected"},
	{"Mon 9:0x-10:00", "4/4 a time such as 9:00 is expected"},
	{"Mon  ", "5/0 a time such as 9:00 is expected"},
	{"Mon 9:00  10:00", "10/5 \"-\" and an end are expected after the start"},
	{"Mon :00-10:00", "4/3 a time such as 9:00 is expected"},
	{"Mon 9.30-10:00", "4/4 a time such as 9:00 is expected"},
	{"Mon 9:00am-10:00", "4/6 a time such as 9:00 is expected"},
	{"Mon -9:00-10:00", "5/4 days are expected before the hours"},
	{"Mon 9:00-10:00, Tue 9:00-10:00", "16/3 a time such as 9:00 is expected"},
	{"Mon 9:00-10:00,", "15/0 a time such as 9:00 is expected"},
	{"Mon 9:00-", "9/0 a time such as 9:00 is expected"},
	{"Mon 9:60-10:00", "4/4 there is no such time of day"},
	{"Mon 25:00-26:00", "4/5 there is no such time of day"},
	{"Mon 9:00-24:01", "9/5 there is no such time of day"},
	{"Mon 99:99-10:00", "4/5 there is no such time of day"},
	{"Mon 24:00-25:00", "4/5 24:00 can only be an end"},
	{"Mon 24:00-1:00", "4/5 24:00 can only be an end"},
	{"Mon 9:00", "8/0 \"-\" and an end are expected after the start"},
	{"Mon 9:00 10:00", "9/5 \"-\" and an end are expected after the start"},
	{"Mon 9:00, 10:00-11:00", "8/1 \"-\" and an end are expected after the start"},
	{"Mon 9:00\xE2\x80\x93" "10:00", "4/12 a time such as 9:00 is expected"},
	{"Mon 9:00-9:00", "9/4 the end is the same as the start"},
	{"Mon 9:00 - 09:00", "11/5 the end is the same as the start"},
	{"Mon 0:00-0:00", "9/4 the end is the same as the start"},
	{"Mon 9:00-10:00 11:00-12:00", "15/5 \",\" or \";\" is expected between windows"},
	{"Mon 9:00-10:00-11:00", "14/1 \",\" or \";\" is expected between windows"},
	{"Mon 9:00-10:00 Tue 9:00-10:00", "15/3 \",\" or \";\" is expected between windows"}
};

static const Case date[] = {
	{"", ""},
	{"   ", ""},
	{"10:00-14:00,15:00-16:00", "-1 10:00-14:00 -1 15:00-16:00"},
	{" 22:00 - 2:00 ", "-1 22:00-2:00"},
	{"0:00-24:00", "-1 0:00-24:00"},
	{"Mon 9:00-10:00", "0/3 a time such as 9:00 is expected"},
	{"9:00-10:00;", "10/1 \",\" is expected between windows"},
	{"9:00-10:00 11:00-12:00", "11/5 \",\" is expected between windows"},
	{"9:00-10:00,", "11/0 a time such as 9:00 is expected"},
	{",", "0/1 a time such as 9:00 is expected"},
	{"11:00-11:00", "6/5 the end is the same as the start"}
};

typedef int (*ReadHours) (const char *text, size_t length, TTHours *hours, TTHoursError *error);

/* Read a copy without a terminator: a byte too far is seen by ASan. */
static int
read_exactly(ReadHours read_hours, const char *text, size_t length,
			 TTHours *hours, TTHoursError *error)
{
	char	   *copy = malloc(length > 0 ? length : 1);
	int			count;

	memcpy(copy, text, length);
	count = read_hours(copy, length, hours, error);
	free(copy);
	return count;
}

static void
check_cases(const Case *cases, size_t ncases, ReadHours read_hours, const char *what)
{
	static TTHours hours[TT_MAX_HOURS];

	for (size_t i = 0; i < ncases; i++)
	{
		TTHoursError error = {0, NULL, 0};
		char		got[1000] = "";
		int			count = read_exactly(read_hours, cases[i].text, strlen(cases[i].text),
										 hours, &error);

		if (count < 0)
			snprintf(got, sizeof(got), "%zu/%zu %s", error.position, error.length, error.message);
		for (int j = 0; j < count; j++)
		{
			size_t		used = strlen(got);

			snprintf(got + used, sizeof(got) - used, "%s%d %d:%02d-%d:%02d", j == 0 ? "" : " ",
					 hours[j].day, hours[j].starts / 3600, hours[j].starts / 60 % 60,
					 hours[j].ends / 3600, hours[j].ends / 60 % 60);
		}
		check_text(got, cases[i].expected, "%s hours, case %zu", what, i);
	}
}

/* A text made of so many copies of a piece. */
static char *
repeat(const char *piece, size_t count)
{
	size_t		length = strlen(piece);
	char	   *text = malloc(length * count + 1);

	for (size_t i = 0; i < count; i++)
		memcpy(text + i * length, piece, length + 1);
	return text;
}

static void
check_limit(void)
{
	static TTHours hours[TT_MAX_HOURS];
	TTHoursError error;
	char	   *text = repeat("Mon 9:00-10:00;", TT_MAX_HOURS + 1);
	size_t		piece = strlen("Mon 9:00-10:00;");
	char	   *wide = repeat("Sun-Sat 9:00-10:00;", TT_MAX_HOURS);

	check(read_exactly(tt_hours_text_weekly, text, piece * TT_MAX_HOURS, hours, &error) ==
		  TT_MAX_HOURS, "as many windows as there may be");
	check(read_exactly(tt_hours_text_weekly, text, piece * (TT_MAX_HOURS + 1), hours, &error) == -1,
		  "one more is a fault");
	check(error.position == piece * TT_MAX_HOURS + 4, "... at that window");
	check_text(error.message, "there are too many windows", "... and it says so");
	check(read_exactly(tt_hours_text_weekly, wide, strlen(wide), hours, &error) == -1,
		  "days multiply the windows of an entry");
	check(error.position == strlen("Sun-Sat 9:00-10:00;") * (TT_MAX_HOURS / 7) + 8,
		  "... and the limit holds in the middle of one");
	free(text);
	free(wide);
}

/* A megabyte of anything is read, or refused, in a moment. */
static void
check_long(void)
{
	static const char *const pieces[] = {
		";", " ", "a", "9", "Mon", "Mon,", "Mon-Sun,", "Mon 9:00-10:00;", "-", ",",
		"9:00-10:00,", "Mon 9:00-", "\xC3\xA4", "Mon 0009:00", ":"
	};
	static TTHours hours[TT_MAX_HOURS];
	TTHoursError error;
	clock_t		begun = clock();
	int			wrong = 0;

	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++)
	{
		char	   *text = repeat(pieces[i], MEGABYTE / strlen(pieces[i]));
		size_t		length = strlen(text);

		if (read_exactly(tt_hours_text_weekly, text, length, hours, &error) < 0)
			wrong += error.position > length || error.length > 40;
		if (read_exactly(tt_hours_text_date, text, length, hours, &error) < 0)
			wrong += error.position > length || error.length > 40;
		free(text);
	}
	check(wrong == 0, "a megabyte of the same, position and length in bounds");
	check(clock() - begun < 2 * CLOCKS_PER_SEC, "... in linear time");
}

static void
check_quoting(void)
{
	char	   *text = repeat("\xE2\x82\xAC", 20);	/* 60 bytes of euro signs */
	char	   *broken = repeat("\x82", 60);	/* no character begins */
	static TTHours hours[TT_MAX_HOURS];
	TTHoursError error;

	check(read_exactly(tt_hours_text_weekly, text, 60, hours, &error) == -1 &&
		  error.length == 39, "a long word is not cut through a character");
	check(read_exactly(tt_hours_text_weekly, "Mo\0n 9:00-10:00", 15, hours, &error) == -1 &&
		  error.position == 0 && error.length == 4, "a zero byte is part of a word");
	check(read_exactly(tt_hours_text_weekly, "Mon 9:00-10:00 \0", 16, hours, &error) == -1 &&
		  error.position == 15 && error.length == 1, "a zero byte is not the end");
	check(read_exactly(tt_hours_text_weekly, broken, 60, hours, &error) == -1 &&
		  error.position == 0 && error.length == 0, "bytes that are no text are not quoted");
	free(text);
	free(broken);
}

/* What is read from random pieces is always in bounds. */
static void
check_random(void)
{
	static const char *const pieces[] = {
		"Mon", "Fri", "su", "6", "-", ",", ";", " ", "9:00", "24:00", "0:00", "23:59",
		"\xFF", "-9:00-10:00", " 9:00-10:00", ":", "7", "\n"
	};
	static TTHours hours[TT_MAX_HOURS];
	int			wrong = 0;
	int			good = 0;

	for (int i = 0; i < RANDOM_TEXTS; i++)
	{
		ReadHours	read_hours = i % 2 == 0 ? tt_hours_text_weekly : tt_hours_text_date;
		TTHoursError error = {SIZE_MAX, NULL, SIZE_MAX};
		char		text[400] = "";
		int			count;

		for (int64_t n = random_between(0, 9); n > 0; n--)
			strcat(text, pieces[random_between(0, sizeof(pieces) / sizeof(pieces[0]) - 1)]);
		count = read_exactly(read_hours, text, strlen(text), hours, &error);
		if (count < 0)
			wrong += error.position + error.length > strlen(text) || error.message == NULL;
		for (int j = 0; j < count; j++)
			wrong += hours[j].day < (i % 2 == 0 ? 0 : -1) || hours[j].day > (i % 2 == 0 ? 6 : -1) ||
				hours[j].starts < 0 || hours[j].starts >= 86400 ||
				hours[j].ends < 1 || hours[j].ends > 86400 || hours[j].ends == hours[j].starts;
		good += count > 0;
	}
	check(wrong == 0, "%d random texts keep to the bounds (%d wrong)", RANDOM_TEXTS, wrong);
	check(good > RANDOM_TEXTS / 1000, "... and some of them are good (%d)", good);
}

int
main(int argc, char **argv)
{
	random_seed(seed_of(argc, argv));
	check_cases(weekly, sizeof(weekly) / sizeof(weekly[0]), tt_hours_text_weekly, "weekly");
	check_cases(date, sizeof(date) / sizeof(date[0]), tt_hours_text_date, "date");
	check_limit();
	check_long();
	check_quoting();
	check_random();
	return checks_done();
}
