/*-------------------------------------------------------------------------
 *
 * connection.c
 *	  A connection: leased for one request at a time, paused, or left to a
 *	  person.
 *
 * The lease is a column of the connection's row, so that it holds against
 * whoever else drains the queue.  It outlives the slowest request; when a
 * worker dies the next one frees what it left, as there is only one for each
 * database.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/pg_prng.h"
#include "utils/builtins.h"

#include "backoff.h"
#include "connection.h"
#include "settings.h"
#include "statements.h"

/* Beyond two requests: time for the transactions around them. */
#define LEASE_MARGIN	(15 * USECS_PER_SEC)

#define COLUMNS	" c.provider, c.calendar_id, c.credential, c.version, c.state, c.lease_until," \
	" c.not_before, c.last_success_at, c.last_error, c.hint, c.account, c.failures "

static TTStatement lock_free = {
	"SELECT" COLUMNS "FROM timetap_private.connections c"
	" WHERE c.host_id" EQ "$1 AND c.id" EQ "$2 AND c.state" EQ "'connected'"
	" AND (c.not_before IS NULL OR c.not_before" LE "$3)"
	" AND (c.lease_until IS NULL OR c.lease_until" LE "$3)"
	" FOR NO KEY UPDATE SKIP LOCKED",
	{UUIDOID, UUIDOID, TIMESTAMPTZOID, InvalidOid},
	NULL
};

static TTStatement lock_leased = {
	"SELECT" COLUMNS "FROM timetap_private.connections c"
	" WHERE c.host_id" EQ "$1 AND c.id" EQ "$2 AND c.lease_until" EQ "$3"
	" AND c.leased_by" EQ "'worker' FOR NO KEY UPDATE SKIP LOCKED",
	{UUIDOID, UUIDOID, TIMESTAMPTZOID, InvalidOid},
	NULL
};

static TTStatement find_leased = {
	"SELECT FROM timetap_private.connections c"
	" WHERE c.host_id" EQ "$1 AND c.id" EQ "$2 AND c.lease_until" EQ "$3"
	" AND c.leased_by" EQ "'worker'",
	{UUIDOID, UUIDOID, TIMESTAMPTZOID, InvalidOid},
	NULL
};

static TTStatement write_row = {
	"UPDATE timetap_private.connections AS c SET state = $3, lease_until = $4,"
	" leased_by = CASE WHEN $4 IS NULL THEN NULL ELSE 'worker' END, not_before = $5,"
	" last_success_at = $6, last_error = $7, hint = $8, account = $9, failures = $10"
	" WHERE c.host_id" EQ "$1 AND c.id" EQ "$2",
	{UUIDOID, UUIDOID, TEXTOID, TIMESTAMPTZOID, TIMESTAMPTZOID, TIMESTAMPTZOID, TEXTOID, TEXTOID,
	TEXTOID, INT4OID, InvalidOid},
	NULL
};

/* A version of its own is for credentials that come from outside. */
static TTStatement store_credential = {
	"UPDATE timetap_private.connections AS c SET credential = $4"
	" WHERE c.host_id" EQ "$1 AND c.id" EQ "$2 AND c.version" EQ "$3",
	{UUIDOID, UUIDOID, INT4OID, BYTEAOID, InvalidOid},
	NULL
};

static TTStatement free_leases = {
	"UPDATE timetap_private.connections AS c SET lease_until = NULL, leased_by = NULL"
	" WHERE c.leased_by" EQ "'worker'",
	{InvalidOid},
	NULL
};

TimestampTz
tt_connection_lease_end(TimestampTz now)
{
	return now + 2 * (int64) timetap_request_timeout * 1000 + LEASE_MARGIN;
}

static bytea *
copy_bytea(int column, MemoryContext context)
{
	bool		isnull;
	Datum		value = tt_statements_column(0, column, &isnull);
	MemoryContext caller;
	bytea	   *copy;

	if (isnull)
		return NULL;
	caller = MemoryContextSwitchTo(context);
	copy = DatumGetByteaPCopy(value);
	MemoryContextSwitchTo(caller);
	return copy;
}

/*
 * Take the row that a statement locked.
 */
static void
read_row(const pg_uuid_t *host, const pg_uuid_t *id, MemoryContext context,
		 TTConnection *connection)
{
	connection->host = *host;
	connection->id = *id;
	connection->provider = tt_provider_find(tt_statements_text(0, 1));
	connection->calendar_id = tt_job_text(context, 0, 2);
	connection->credential = copy_bytea(3, context);
	connection->version = DatumGetInt32(tt_statements_value(0, 4));
	connection->state = tt_job_text(context, 0, 5);
	connection->lease_until = tt_job_time(0, 6);
	connection->not_before = tt_job_time(0, 7);
	connection->last_success_at = tt_job_time(0, 8);
	connection->last_error = tt_job_text(context, 0, 9);
	connection->hint = tt_job_text(context, 0, 10);
	connection->account = tt_job_text(context, 0, 11);
	connection->failures = DatumGetInt32(tt_statements_value(0, 12));
}

const char *
tt_connection_calendar(const TTConnection *connection)
{
	return connection->account != NULL &&
		strcmp(connection->calendar_id, connection->provider->own_calendar) == 0 ?
		connection->account : connection->calendar_id;
}

void
tt_connection_learn_calendar(TTConnection *connection, const char *asked, const char *found)
{
	if (connection->account == NULL && found != NULL &&
		strcmp(asked, connection->provider->own_calendar) == 0 &&
		strcmp(connection->calendar_id, asked) == 0)
		connection->account = pstrdup(found);
}

TTLocked
tt_connection_lock_free(const pg_uuid_t *host, const pg_uuid_t *id, TimestampTz now,
						MemoryContext context, TTConnection *connection)
{
	TTParameter parameters[] = {
		TT_VALUE(UUIDPGetDatum(host)),
		TT_VALUE(UUIDPGetDatum(id)),
		TT_VALUE(TimestampTzGetDatum(now))
	};

	if (tt_statements_write(&lock_free, parameters) == 0)
		return TT_LOCKED_MISSING;
	read_row(host, id, context, connection);
	return TT_LOCKED;
}

TTLocked
tt_connection_lock_leased(const TTJob *job, TTConnection *connection)
{
	const TTConnection *leased = &job->connection;
	TTParameter parameters[] = {
		TT_VALUE(UUIDPGetDatum(&leased->host)),
		TT_VALUE(UUIDPGetDatum(&leased->id)),
		TT_VALUE(TimestampTzGetDatum(job->now.lease_until))
	};

	if (tt_statements_write(&lock_leased, parameters) == 1)
	{
		read_row(&leased->host, &leased->id, job->context, connection);
		return TT_LOCKED;
	}
	return tt_statements_write(&find_leased, parameters) == 1 ?
		TT_LOCKED_BY_OTHER : TT_LOCKED_MISSING;
}

static TTParameter
time_or_null(TimestampTz time)
{
	return time == TT_NO_TIME ? TT_NULL : TT_VALUE(TimestampTzGetDatum(time));
}

void
tt_connection_write(const TTConnection *connection)
{
	TTParameter parameters[] = {
		TT_VALUE(UUIDPGetDatum(&connection->host)),
		TT_VALUE(UUIDPGetDatum(&connection->id)),
		TT_TEXT(connection->state),
		time_or_null(connection->lease_until),
		time_or_null(connection->not_before),
		time_or_null(connection->last_success_at),
		TT_TEXT(connection->last_error),
		TT_TEXT(connection->hint),
		TT_TEXT(connection->account),
		TT_VALUE(Int32GetDatum(connection->failures))
	};

	tt_statements_write(&write_row, parameters);
}

/*
 * What the server's log is told about the job's connection once this is
 * committed.
 */
static void
set_news(TTJob *job, const TTConnection *connection, const char *what, const char *hint)
{
	MemoryContext caller = MemoryContextSwitchTo(job->context);

	job->now.news = psprintf("timetap: connection %s %s",
							 DatumGetCString(DirectFunctionCall1(uuid_out, UUIDPGetDatum(&connection->id))),
							 what);
	job->now.news_hint = hint ? pstrdup(hint) : NULL;
	MemoryContextSwitchTo(caller);
}

void
tt_connection_trouble(TTJob *job, TTConnection *connection, const char *state,
					  const char *problem, const char *hint)
{
	bool		is_same_state = strcmp(state, connection->state) == 0;
	bool		is_news = !is_same_state || connection->last_error == NULL ||
		strcmp(problem, connection->last_error) != 0;

	connection->state = state;
	connection->last_error = pstrdup(problem);
	connection->hint = hint ? pstrdup(hint) : NULL;
	if (is_news)
		set_news(job, connection,
				 psprintf("is %s: %s", is_same_state ? "held back" : state, problem), hint);
}

void
tt_connection_hold_back(TTJob *job, TTConnection *connection, int64 floor_us, const char *problem,
						const char *hint, TimestampTz now)
{
	if (connection->failures < PG_INT32_MAX)
		connection->failures++;
	connection->not_before = now + tt_backoff_wait((int64) timetap_retry_base * 1000,
												   (int64) timetap_retry_cap * 1000,
												   connection->failures,
												   pg_prng_double(&pg_global_prng_state),
												   floor_us / USECS_PER_SEC);
	/* One or two of them are nothing to tell people. */
	if (connection->failures >= TT_PROVIDER_FEW_TRIES)
		tt_connection_trouble(job, connection, connection->state, problem, hint);
}

void
tt_connection_success(TTJob *job, TTConnection *connection, TimestampTz now)
{
	if (connection->last_error != NULL)
		set_news(job, connection, "works again", NULL);
	connection->not_before = TT_NO_TIME;
	connection->failures = 0;
	connection->last_success_at = now;
	connection->last_error = NULL;
	connection->hint = NULL;
}

void
tt_connection_store_credential(const TTConnection *connection, bytea *sealed)
{
	TTParameter parameters[] = {
		TT_VALUE(UUIDPGetDatum(&connection->host)),
		TT_VALUE(UUIDPGetDatum(&connection->id)),
		TT_VALUE(Int32GetDatum(connection->version)),
		TT_VALUE(PointerGetDatum(sealed))
	};

	tt_statements_write(&store_credential, parameters);
}

void
tt_connection_free_leases(void)
{
	tt_statements_write(&free_leases, NULL);
}
