/*
 * statement_file.h: the statements that slotbench and bookbench run, a line
 * each: "name | what $1 is | SQL".
 */
#ifndef STATEMENT_FILE_H
#define STATEMENT_FILE_H

#define MAX_STATEMENTS 16

typedef struct
{
	char		name[32];
	char		host_as[32];	/* "number", or a text with # for the number */
	char		sql[4096];
} Statement;

/* $1 in the form in which it is sent */
typedef struct
{
	char		bytes[64];
} HostValue;

/* Exits with a message when the file is not as it must be. */
extern int	statement_file_read(const char *path, Statement *statements);
extern unsigned int statement_host_type(const Statement *statement);
extern int	statement_host_value(const Statement *statement, long long host, HostValue *value);

#endif
