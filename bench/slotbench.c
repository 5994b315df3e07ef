/*
 * slotbench: times SQL statements of one meaning side by side over one
 * connection.
 *
 *	 slotbench [-d database] [-H hosts] [-w days] [-s first-day-spread]
 *			   [-n batches] [-b batch-ms] [-g] [-u | -c] [-p processor] STATEMENTS
 *
 * STATEMENTS holds one a line: "name | what $1 is | SQL".  $2 and $3 are the
 * window (timestamptz); $1 is the host, as its number ("number": bigint) or as
 * a text in which # stands for the number ("h#/30min").  Lines that begin with
 * # are comments.
 *
 * Batches of some milliseconds alternate, A B C A B C .., and within a round
 * all statements see the same hosts and windows: a noisy machine slows all of
 * them alike.  Printed for each: the median over the batches of wall time (from
 * send to the last row) and of the server's CPU time, and the median of the
 * ratios to the first statement taken round by round; separated by tabs.
 *
 * -g forces generic plans.  -u: not prepared, every call is parsed and planned,
 * as through a transaction pooler.  -c: every call is the first of a new
 * session; the time to connect is left out.  -p binds client and server to one
 * processor: a round trip is then a context switch, and not the waking of an
 * idle processor, which takes anything from 10 to 50 us in a virtual machine.
 */
#define _GNU_SOURCE
#include <endian.h>
#include <libpq-fe.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "statement_file.h"

#define MAX_BATCHES 1000
#define DAY 86400000000LL
/* 2026-03-02, the data's t0, in microseconds since 2000-01-01 */
#define FIRST_DAY 825724800000000LL

typedef struct
{
	Statement	statement;
	double		wall[MAX_BATCHES];
	double		cpu[MAX_BATCHES];
	long		calls;
	long		rows;
} Subject;

static Subject subjects[MAX_STATEMENTS];
static int	nsubjects;

static const char *database = "postgres";
static long hosts = 1;
static int	days = 30;
static int	spread = 20;
static int	nbatches = 20;
static double batch_ms = 50;
static int	generic;
static int	unprepared;
static int	cold;
static int	processor = -1;

static PGconn *connection;
static int	server_pid;

static void
die(const char *what)
{
	fprintf(stderr, "slotbench: %s: %s", what, PQerrorMessage(connection));
	exit(1);
}

static double
wall_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static double
server_cpu(void)
{
	char		path[64];
	unsigned long long nanoseconds = 0;
	FILE	   *file;

	snprintf(path, sizeof(path), "/proc/%d/schedstat", server_pid);
	file = fopen(path, "r");
	if (file != NULL)
	{
		if (fscanf(file, "%llu", &nanoseconds) != 1)
			nanoseconds = 0;
		fclose(file);
	}
	return nanoseconds / 1e3;
}

static void
bind_to_processor(int pid)
{
	cpu_set_t	mask;

	CPU_ZERO(&mask);
	CPU_SET(processor, &mask);
	if (sched_setaffinity(pid, sizeof(mask), &mask) != 0)
		perror("slotbench: sched_setaffinity");
}

static void
connect_to_server(void)
{
	const char *keywords[] = {"dbname", NULL};
	const char *values[] = {database, NULL};

	if (connection != NULL)
		PQfinish(connection);
	connection = PQconnectdbParams(keywords, values, 0);
	if (PQstatus(connection) != CONNECTION_OK)
		die("connection");
	server_pid = PQbackendPID(connection);
	if (processor >= 0)
	{
		bind_to_processor(0);
		bind_to_processor(server_pid);
	}
	if (generic)
		PQclear(PQexec(connection, "SET plan_cache_mode = force_generic_plan"));
}

static void
prepare(Statement *statement)
{
	Oid			types[3] = {statement_host_type(statement), 1184, 1184};
	PGresult   *result = PQprepare(connection, statement->name, statement->sql, 3, types);

	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		die(statement->name);
	PQclear(result);
}

/*
 * One call; the number of its rows.
 */
static long
call(Statement *statement, long host, long long from, long long until)
{
	HostValue	host_value;
	long long	window[2] = {(long long) htobe64(from), (long long) htobe64(until)};
	const char *values[3];
	int			lengths[3] = {0, 8, 8};
	int			formats[3] = {1, 1, 1};
	Oid			types[3] = {statement_host_type(statement), 1184, 1184};
	PGresult   *result;
	long		rows;

	lengths[0] = statement_host_value(statement, host, &host_value);
	values[0] = host_value.bytes;
	values[1] = (char *) &window[0];
	values[2] = (char *) &window[1];
	if (unprepared)
		result = PQexecParams(connection, statement->sql, 3, types, values, lengths, formats, 0);
	else
		result = PQexecPrepared(connection, statement->name, 3, values, lengths, formats, 0);
	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		die(statement->name);
	rows = PQntuples(result);
	PQclear(result);
	return rows;
}

static unsigned long
next_random(unsigned long long *seed)
{
	*seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (unsigned long) (*seed >> 33);
}

/*
 * One batch of calls; not recorded when batch is -1, the warming up, which goes
 * past the five custom plans.
 */
static void
run_batch(Subject *subject, int batch, unsigned long long seed)
{
	double		begin = wall_clock();
	double		begin_cpu = server_cpu();
	double		wall = 0;
	double		cpu = 0;
	long		calls = 0;
	long		rows = 0;

	do
	{
		long		host = next_random(&seed) % hosts + 1;
		long long	from = FIRST_DAY + next_random(&seed) % (spread + 1) * DAY;
		double		call_begin;
		double		call_begin_cpu;

		if (cold)
			connect_to_server();
		call_begin = wall_clock();
		call_begin_cpu = cold ? server_cpu() : 0;
		rows += call(&subject->statement, host, from, from + days * DAY);
		wall += wall_clock() - call_begin;
		if (cold)
			cpu += server_cpu() - call_begin_cpu;
		calls++;
	} while (wall_clock() - begin < batch_ms * 1000 || (batch < 0 && calls < 10));

	if (batch < 0)
		return;
	subject->wall[batch] = wall / calls;
	subject->cpu[batch] = (cold ? cpu : server_cpu() - begin_cpu) / calls;
	subject->calls += calls;
	subject->rows += rows;
}

static int
compare_doubles(const void *a, const void *b)
{
	double		x = *(const double *) a;
	double		y = *(const double *) b;

	return (x > y) - (x < y);
}

static double
median(const double *values, int n)
{
	double		sorted[MAX_BATCHES];

	memcpy(sorted, values, n * sizeof(double));
	qsort(sorted, n, sizeof(double), compare_doubles);
	return n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}

static double
median_ratio(const double *values, const double *reference, int n)
{
	double		ratios[MAX_BATCHES];

	for (int i = 0; i < n; i++)
		ratios[i] = reference[i] > 0 ? values[i] / reference[i] : 0;
	return median(ratios, n);
}

static void
print_results(void)
{
	printf("name\twall_us\tcpu_us\twall_ratio\tcpu_ratio\trows\tcalls\n");
	for (int i = 0; i < nsubjects; i++)
	{
		Subject    *subject = &subjects[i];

		printf("%s\t%.1f\t%.1f\t%.3f\t%.3f\t%.1f\t%ld\n", subject->statement.name,
			   median(subject->wall, nbatches), median(subject->cpu, nbatches),
			   median_ratio(subject->wall, subjects[0].wall, nbatches),
			   median_ratio(subject->cpu, subjects[0].cpu, nbatches),
			   (double) subject->rows / subject->calls, subject->calls);
	}
}

static const char *
read_options(int argc, char **argv)
{
	int			option;

	while ((option = getopt(argc, argv, "d:H:w:s:n:b:gucp:")) != -1)
	{
		switch (option)
		{
			case 'd': database = optarg; break;
			case 'H': hosts = atol(optarg); break;
			case 'w': days = atoi(optarg); break;
			case 's': spread = atoi(optarg); break;
			case 'n': nbatches = atoi(optarg); break;
			case 'b': batch_ms = atof(optarg); break;
			case 'g': generic = 1; break;
			case 'u': unprepared = 1; break;
			case 'c': unprepared = cold = 1; break;
			case 'p': processor = atoi(optarg); break;
			default: exit(2);
		}
	}
	if (optind != argc - 1 || nbatches < 1 || nbatches > MAX_BATCHES || hosts < 1 || spread < 0)
	{
		fprintf(stderr, "slotbench: bad arguments\n");
		exit(2);
	}
	return argv[optind];
}

int
main(int argc, char **argv)
{
	Statement	statements[MAX_STATEMENTS];
	unsigned long long seed = 42;

	nsubjects = statement_file_read(read_options(argc, argv), statements);
	connect_to_server();
	for (int i = 0; i < nsubjects; i++)
	{
		subjects[i].statement = statements[i];
		if (!unprepared)
			prepare(&subjects[i].statement);
	}
	for (int batch = -1; batch < nbatches; batch++)
	{
		seed += 7919;
		/* each is the first of a round in its turn */
		for (int i = 0; i < nsubjects; i++)
			run_batch(&subjects[(i + batch + 1) % nsubjects], batch, seed);
	}
	print_results();
	PQfinish(connection);
	return 0;
}
