/*
 * statement_file.c: reading statements, and giving them their host.
 */
#define _GNU_SOURCE
#include "statement_file.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INT8_TYPE 20
#define TEXT_TYPE 25

static void
bad_file(const char *path, const char *why)
{
	fprintf(stderr, "%s: %s\n", path, why);
	exit(2);
}

/*
 * The part up to the next '|', without the blanks around it.
 */
static int
take_field(char **line, char *field, size_t size)
{
	char	   *end = strchr(*line, '|');
	char	   *begin = *line + strspn(*line, " ");
	size_t		length;

	if (end == NULL)
		return 0;
	*line = end + 1;
	while (end > begin && end[-1] == ' ')
		end--;
	length = end - begin;
	if (length == 0 || length >= size)
		return 0;
	memcpy(field, begin, length);
	field[length] = '\0';
	return 1;
}

static int
host_is_number(const Statement *statement)
{
	return strcmp(statement->host_as, "number") == 0;
}

int
statement_file_read(const char *path, Statement *statements)
{
	char		line[8192];
	int			n = 0;
	FILE	   *file = fopen(path, "r");

	if (file == NULL)
		bad_file(path, "cannot be read");
	while (fgets(line, sizeof(line), file) != NULL)
	{
		char	   *rest = line;
		Statement  *statement = &statements[n];

		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '#' || line[0] == '\0')
			continue;
		if (n == MAX_STATEMENTS)
			bad_file(path, "too many statements");
		if (!take_field(&rest, statement->name, sizeof(statement->name)) ||
			!take_field(&rest, statement->host_as, sizeof(statement->host_as)) ||
			strlen(rest) >= sizeof(statement->sql) ||
			(!host_is_number(statement) && strchr(statement->host_as, '#') == NULL))
			bad_file(path, "a line is not \"name | what $1 is | SQL\"");
		memcpy(statement->sql, rest, strlen(rest) + 1);
		n++;
	}
	fclose(file);
	if (n == 0)
		bad_file(path, "no statements");
	return n;
}

unsigned int
statement_host_type(const Statement *statement)
{
	return host_is_number(statement) ? INT8_TYPE : TEXT_TYPE;
}

/*
 * The length of the value.
 */
int
statement_host_value(const Statement *statement, long long host, HostValue *value)
{
	const char *mark = strchr(statement->host_as, '#');
	long long	network_order;

	if (!host_is_number(statement))
		return snprintf(value->bytes, sizeof(value->bytes), "%.*s%lld%s",
						(int) (mark - statement->host_as), statement->host_as, host, mark + 1);
	network_order = (long long) htobe64(host);
	memcpy(value->bytes, &network_order, sizeof(network_order));
	return sizeof(network_order);
}
