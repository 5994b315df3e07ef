/*
 * bookbench: many sessions book the same slots of one host at once; what
 * becomes of every attempt, and how fast.
 *
 *	 bookbench [-d database] [-c clients] [-k slots] [-r rounds] [-t step-minutes]
 *			   [-o same|random|hosts] [-H first-host] STATEMENTS
 *
 * STATEMENTS: see statement_file.h; $1 is the host, $2 the start, and the
 * statement books 30 minutes.  It gives or inserts one row on success; none, a
 * 0, or the SQLSTATE 23P01 or PT409 when the slot is taken.
 *
 * Each round takes a host that nobody used before.  All clients start together
 * and try each of the slots once: in the same order, in a random order, or
 * (hosts) each with a host of its own.  With a step of 30 minutes the slots lie
 * side by side, with 15 neighbours overlap.  Serialization failures and
 * deadlocks are tried again, up to MAX_TRIES times.
 *
 * Printed, separated by tabs: attempts a second; how many booked and how many
 * were told that the slot is taken; mean, 99th percentile and longest time of
 * an attempt in ms; errors by SQLSTATE.
 */
#define _GNU_SOURCE
#include <endian.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "statement_file.h"

#define MAX_CLIENTS 64
#define MAX_TRIES 10
#define MAX_CODES 16
#define TIMESTAMPTZ_TYPE 1184
#define MINUTE 60000000LL
/* 2030-01-01 in microseconds since 2000-01-01 */
#define FIRST_START 946771200000000LL

typedef enum
{
	BOOKED,
	TAKEN,
	TRY_AGAIN
} Outcome;

typedef struct
{
	char		code[6];
	long		count;
} ErrorCount;

typedef struct
{
	int			number;
	unsigned int seed;
	const Statement *statement;
	PGconn	   *connection;
	long		booked;
	long		taken;
	long		gave_up;
	ErrorCount	errors[MAX_CODES];
	int			nerrors;
	double	   *latencies;		/* ms */
	long		attempts;
} Client;

static const char *database = "postgres";
static const char *order = "random";
static int	nclients = 16;
static int	nslots = 50;
static int	rounds = 20;
static int	step_minutes = 30;
static long long first_host = 1;

static Client clients[MAX_CLIENTS];
static pthread_barrier_t barrier;

static double
clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static void
die(PGconn *connection)
{
	fprintf(stderr, "bookbench: %s", PQerrorMessage(connection));
	exit(1);
}

static void
count_error(Client *client, const char *code, long count)
{
	for (int i = 0; i < client->nerrors; i++)
	{
		if (strcmp(client->errors[i].code, code) == 0)
		{
			client->errors[i].count += count;
			return;
		}
	}
	if (client->nerrors == MAX_CODES)
		return;
	snprintf(client->errors[client->nerrors].code, sizeof(client->errors[0].code), "%s", code);
	client->errors[client->nerrors++].count = count;
}

static Outcome
outcome_of_error(Client *client, const char *code)
{
	static const char *const taken[] = {"PT409", "23P01"};
	static const char *const again[] = {"40001", "40P01"};

	if (code == NULL)
		die(client->connection);
	if (strcmp(code, taken[0]) == 0)
		return TAKEN;
	count_error(client, code, 1);
	for (int i = 0; i < 2; i++)
	{
		if (strcmp(code, again[i]) == 0)
			return TRY_AGAIN;
	}
	if (strcmp(code, taken[1]) != 0)
		die(client->connection);
	return TAKEN;
}

static Outcome
try_once(Client *client, long long host, long long start)
{
	HostValue	host_value;
	long long	start_value = (long long) htobe64(start);
	const char *values[2] = {host_value.bytes, (char *) &start_value};
	int			lengths[2] = {statement_host_value(client->statement, host, &host_value), 8};
	int			formats[2] = {1, 1};
	PGresult   *result = PQexecPrepared(client->connection, "s", 2, values, lengths, formats, 0);
	Outcome		outcome;

	switch (PQresultStatus(result))
	{
		case PGRES_COMMAND_OK:
			outcome = strcmp(PQcmdTuples(result), "1") == 0 ? BOOKED : TAKEN;
			break;
		case PGRES_TUPLES_OK:
			outcome = PQntuples(result) == 1 && strcmp(PQgetvalue(result, 0, 0), "0") != 0 ? BOOKED : TAKEN;
			break;
		default:
			outcome = outcome_of_error(client, PQresultErrorField(result, PG_DIAG_SQLSTATE));
	}
	PQclear(result);
	return outcome;
}

static void
attempt(Client *client, long long host, long long start)
{
	double		begin = clock_ms();
	Outcome		outcome = TRY_AGAIN;

	for (int i = 0; i < MAX_TRIES && outcome == TRY_AGAIN; i++)
		outcome = try_once(client, host, start);
	client->latencies[client->attempts++] = clock_ms() - begin;
	client->booked += outcome == BOOKED;
	client->taken += outcome == TAKEN;
	client->gave_up += outcome == TRY_AGAIN;
}

static void
shuffle(int *slots, unsigned int *seed)
{
	for (int i = nslots - 1; i > 0; i--)
	{
		int			j = rand_r(seed) % (i + 1);
		int			slot = slots[i];

		slots[i] = slots[j];
		slots[j] = slot;
	}
}

static int
own_hosts(void)
{
	return strcmp(order, "hosts") == 0;
}

static void *
client_main(void *arg)
{
	Client	   *client = arg;
	int		   *slots = malloc(nslots * sizeof(int));

	for (int round = 0; round < rounds; round++)
	{
		long long	host = first_host + (own_hosts() ? round * nclients + client->number : round);

		for (int i = 0; i < nslots; i++)
			slots[i] = i;
		if (strcmp(order, "random") == 0)
			shuffle(slots, &client->seed);
		pthread_barrier_wait(&barrier);
		for (int i = 0; i < nslots; i++)
			attempt(client, host, FIRST_START + slots[i] * step_minutes * MINUTE);
		pthread_barrier_wait(&barrier);
	}
	free(slots);
	return NULL;
}

static void
connect_client(Client *client, int number, const Statement *statement)
{
	const char *keywords[] = {"dbname", NULL};
	const char *values[] = {database, NULL};
	Oid			types[2] = {statement_host_type(statement), TIMESTAMPTZ_TYPE};
	PGresult   *result;

	memset(client, 0, sizeof(Client));
	client->number = number;
	client->seed = 17 * number + 1;
	client->statement = statement;
	client->latencies = malloc(sizeof(double) * rounds * nslots);
	client->connection = PQconnectdbParams(keywords, values, 0);
	if (PQstatus(client->connection) != CONNECTION_OK)
		die(client->connection);
	result = PQprepare(client->connection, "s", statement->sql, 2, types);
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		die(client->connection);
	PQclear(result);
}

static int
compare_doubles(const void *a, const void *b)
{
	double		x = *(const double *) a;
	double		y = *(const double *) b;

	return (x > y) - (x < y);
}

/*
 * Adds all clients up into the first of them, and prints that.
 */
static void
print_results(const Statement *statement, double seconds)
{
	Client	   *total = &clients[0];
	long		attempts = (long) nclients * rounds * nslots;
	double	   *latencies = malloc(sizeof(double) * attempts);
	double		sum = 0;
	long		n = 0;

	for (int i = 0; i < nclients; i++)
	{
		Client	   *client = &clients[i];

		for (long j = 0; j < client->attempts; j++)
			sum += latencies[n++] = client->latencies[j];
		if (client == total)
			continue;
		total->booked += client->booked;
		total->taken += client->taken;
		total->gave_up += client->gave_up;
		for (int j = 0; j < client->nerrors; j++)
			count_error(total, client->errors[j].code, client->errors[j].count);
	}
	qsort(latencies, n, sizeof(double), compare_doubles);
	printf("%s\t%.0f\t%ld\t%ld\t%.3f\t%.3f\t%.1f\t", statement->name, n / seconds, total->booked,
		   total->taken, sum / n, latencies[(long) (n * 0.99)], latencies[n - 1]);
	for (int i = 0; i < total->nerrors; i++)
		printf("%s:%ld ", total->errors[i].code, total->errors[i].count);
	if (total->gave_up > 0)
		printf("gave-up:%ld", total->gave_up);
	printf("\n");
	fflush(stdout);
	free(latencies);
}

static void
run_statement(const Statement *statement)
{
	pthread_t	threads[MAX_CLIENTS];
	double		begin;

	pthread_barrier_init(&barrier, NULL, nclients);
	for (int i = 0; i < nclients; i++)
		connect_client(&clients[i], i, statement);
	begin = clock_ms();
	for (int i = 0; i < nclients; i++)
	{
		if (pthread_create(&threads[i], NULL, client_main, &clients[i]) != 0)
		{
			perror("bookbench: pthread_create");
			exit(1);
		}
	}
	for (int i = 0; i < nclients; i++)
		pthread_join(threads[i], NULL);
	print_results(statement, (clock_ms() - begin) / 1e3);
	for (int i = 0; i < nclients; i++)
	{
		PQfinish(clients[i].connection);
		free(clients[i].latencies);
	}
	pthread_barrier_destroy(&barrier);
}

static const char *
read_options(int argc, char **argv)
{
	int			option;

	while ((option = getopt(argc, argv, "d:c:k:r:t:o:H:")) != -1)
	{
		switch (option)
		{
			case 'd': database = optarg; break;
			case 'c': nclients = atoi(optarg); break;
			case 'k': nslots = atoi(optarg); break;
			case 'r': rounds = atoi(optarg); break;
			case 't': step_minutes = atoi(optarg); break;
			case 'o': order = optarg; break;
			case 'H': first_host = atoll(optarg); break;
			default: exit(2);
		}
	}
	if (optind != argc - 1 || nclients < 1 || nclients > MAX_CLIENTS || nslots < 1 || rounds < 1)
	{
		fprintf(stderr, "bookbench: bad arguments\n");
		exit(2);
	}
	return argv[optind];
}

int
main(int argc, char **argv)
{
	Statement	statements[MAX_STATEMENTS];
	int			nstatements = statement_file_read(read_options(argc, argv), statements);

	printf("name\tattempts_s\tbooked\ttaken\tmean_ms\tp99_ms\tmax_ms\terrors\n");
	for (int i = 0; i < nstatements; i++)
	{
		run_statement(&statements[i]);
		first_host += rounds * (own_hosts() ? nclients : 1);
	}
	return 0;
}
