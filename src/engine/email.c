/*-------------------------------------------------------------------------
 *
 * email.c
 *	  Is a text an e-mail address that mail can be sent to?
 *
 * Stricter than the RFCs where what they allow is a trap: no quoted local
 * parts, comments or address literals, none of the characters that separate
 * addresses in a header, and a domain of at least two labels.  Bytes from 128
 * up are letters (internationalized addresses), but for the blanks, control
 * and invisible characters among them, which are typing errors or worse.
 *
 *-------------------------------------------------------------------------
 */
#include <stddef.h>
#include <string.h>

#include "email.h"

/* Not in a local part: they mean something in a header. */
static const char separators[] = "\"(),:;<>@[\\]";

/* UTF-8 of blanks, control and invisible characters: first to last. */
static const struct
{
	const char *first;
	const char *last;
}			unseen[] =
{
	{"\xC2\x80", "\xC2\xA0"},	/* controls, no-break space */
	{"\xC2\xAD", "\xC2\xAD"},	/* soft hyphen */
	{"\xE1\x9A\x80", "\xE1\x9A\x80"},	/* ogham space */
	{"\xE2\x80\x80", "\xE2\x80\x8F"},	/* spaces, zero width, direction marks */
	{"\xE2\x80\xA8", "\xE2\x80\xAF"},	/* line ends, direction overrides */
	{"\xE2\x81\x9F", "\xE2\x81\xAF"},	/* spaces, joiners, isolates */
	{"\xE3\x80\x80", "\xE3\x80\x80"},	/* ideographic space */
	{"\xEF\xBB\xBF", "\xEF\xBB\xBF"},	/* byte order mark */
};

/*
 * Does an unseen character begin here?  Reads no further than the text's NUL.
 */
static bool
is_unseen(const char *at)
{
	unsigned char c = (unsigned char) *at;

	if (c <= ' ' || c == 0x7F)
		return true;
	if (c < 0x80)
		return false;
	for (size_t i = 0; i < sizeof(unseen) / sizeof(unseen[0]); i++)
	{
		size_t		length = strlen(unseen[i].first);

		if (strncmp(at, unseen[i].first, length) >= 0 &&
			strncmp(at, unseen[i].last, length) <= 0)
			return true;
	}
	return false;
}

/*
 * The part before the @: words joined by single dots.
 */
static bool
local_valid(const char *text, size_t length)
{
	bool		word = false;

	if (length > TT_MAX_EMAIL_LOCAL)
		return false;
	for (size_t i = 0; i < length; i++)
	{
		if (is_unseen(text + i) || strchr(separators, text[i]) != NULL)
			return false;
		if (text[i] == '.' && !word)
			return false;
		word = text[i] != '.';
	}
	return word;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/*
 * Letters, digits and hyphens, none of these at either end.
 */
static bool
label_valid(const char *text, size_t length)
{
	if (length == 0 || length > TT_MAX_EMAIL_LABEL ||
		text[0] == '-' || text[length - 1] == '-')
		return false;
	for (size_t i = 0; i < length; i++)
	{
		char		c = text[i];

		if (is_unseen(text + i) ||
			((unsigned char) c < 0x80 && c != '-' && !is_digit(c) &&
			 !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))))
			return false;
	}
	return true;
}

/*
 * At least two labels, the last of which is no number: that would be an
 * address of four bytes, or a slip.
 */
static bool
domain_valid(const char *text)
{
	int			labels = 0;
	bool		number = true;

	for (;;)
	{
		size_t		length = strcspn(text, ".");

		if (!label_valid(text, length))
			return false;
		number = true;
		for (size_t i = 0; i < length; i++)
			number = number && is_digit(text[i]);
		labels++;
		if (text[length] == '\0')
			return labels >= 2 && !number;
		text += length + 1;
	}
}

/*
 * Check an address.
 */
bool
tt_email_valid(const char *text)
{
	const char *at = strchr(text, '@');

	return at != NULL && strlen(text) <= TT_MAX_EMAIL &&
		local_valid(text, (size_t) (at - text)) && domain_valid(at + 1);
}
