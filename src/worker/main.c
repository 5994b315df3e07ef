/*-------------------------------------------------------------------------
 *
 * main.c
 *	  The worker of a database: its event loop.
 *
 * The worker keeps the calendars of its database in step with the bookings.
 * Backends put meetings into a queue and set the worker's latch when they
 * commit.  The worker claims due jobs (and commits), sends requests over https
 * while no transaction is open, and settles each answer in a transaction
 * again.  See turn.c for a turn, action.c for what is done about a meeting.
 *
 * It waits for everything at once: its latch, the transport's sockets (which
 * live in one epoll fd), and the next time at which something is due.  There
 * is no polling: when nothing is due, it sleeps until it is woken.  Every turn
 * passes CHECK_FOR_INTERRUPTS(), so nobody waits for the worker, however slow
 * a calendar is: neither DROP DATABASE, which needs all processes to pass
 * there, nor a shutdown.
 *
 * An error that is not a single job's own is reported, its transaction rolled
 * back, and the turn repeated after a pause; the process stays.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <limits.h>

#include "access/xact.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "postmaster/interrupt.h"
#include "storage/latch.h"
#include "storage/sinval.h"
#include "tcop/tcopprot.h"
#include "utils/backend_status.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "utils/wait_event.h"

#include "http.h"
#include "settings.h"
#include "shared_state.h"
#include "turn.h"
#include "worker_entry.h"

PG_MODULE_MAGIC;

/*
 * Settings of this process's own, whatever the database or its roles have.  A
 * queue's statistics are always wrong, so its plans are kept to index scans.
 */
static const struct
{
	const char *name;
	const char *value;
}			own_settings[] = {
	{"application_name", TT_WORKER_TYPE},
	{"search_path", "pg_catalog, pg_temp"},
	{"synchronous_commit", "on"},	/* a claim is durable before it is acted on */
	{"lock_timeout", "100ms"},
	{"default_transaction_isolation", "read committed"},
	{"default_transaction_read_only", "off"},
	{"default_transaction_deferrable", "off"},
	{"session_replication_role", "origin"},
	{"enable_seqscan", "off"},
	{"enable_hashjoin", "off"},
	{"enable_mergejoin", "off"},
	{"enable_material", "off"},
	{"enable_sort", "off"},
	{"jit", "off"},
};

static void
configure_transport(bool is_first)
{
	TTHttpSettings settings = {
		.user_agent = "timetap/" TIMETAP_VERSION " (gzip)",
		.ca_file = timetap_ca_file,
		.timeout_ms = timetap_request_timeout
	};

	if (is_first)
		tt_http_init(&settings);
	else
		tt_http_configure(&settings);
}

static void
begin(void)
{
	for (size_t i = 0; i < lengthof(own_settings); i++)
		SetConfigOption(own_settings[i].name, own_settings[i].value, PGC_SUSET, PGC_S_OVERRIDE);
	configure_transport(true);
}

/*
 * What the server wants of every process.
 */
static void
serve_interrupts(void)
{
	CHECK_FOR_INTERRUPTS();
	if (ConfigReloadPending)
	{
		ConfigReloadPending = false;
		ProcessConfigFile(PGC_SIGHUP);
		configure_transport(false);
	}
	if (catchupInterruptPending)
		ProcessCatchupInterrupt();
}

/*
 * Sleep until "then", or until something happens.  Returns whether the latch
 * was set.
 */
static bool
wait_until(TimestampTz then)
{
	int			events = WL_LATCH_SET | WL_SOCKET_READABLE | WL_EXIT_ON_PM_DEATH;
	long		timeout = tt_http_timeout_ms();
	int			happened;

	if (then != DT_NOEND)
	{
		long		own = TimestampDifferenceMilliseconds(GetCurrentTimestamp(), then);

		timeout = timeout < 0 ? own : Min(timeout, own);
	}
	if (timeout >= 0)
		events |= WL_TIMEOUT;
	happened = WaitLatchOrSocket(MyLatch, events, tt_http_epoll_fd(), Min(timeout, INT_MAX),
								 PG_WAIT_EXTENSION);
	if (happened & WL_LATCH_SET)
		ResetLatch(MyLatch);
	return (happened & WL_LATCH_SET) != 0;
}

/*
 * One turn.  If it fails, the worker goes on.
 */
static void
guarded_turn(bool woken)
{
	PG_TRY();
	{
		serve_interrupts();
		tt_turn_run(woken);
	}
	PG_CATCH();
	{
		ErrorData  *error;

		HOLD_INTERRUPTS();
		EmitErrorReport();
		MemoryContextSwitchTo(TopMemoryContext);
		error = CopyErrorData();
		FlushErrorState();
		AbortOutOfAnyTransaction(); /* it may come from within a subtransaction */
		tt_turn_failed(error->message ? error->message : "unknown error");
		FreeErrorData(error);
		pgstat_report_activity(STATE_IDLE, NULL);
		RESUME_INTERRUPTS();
	}
	PG_END_TRY();
	MemoryContextSwitchTo(TopMemoryContext);
}

/*
 * How long may the worker stay without work?  Without a launcher for ever:
 * nobody would start it again when work comes.
 */
static TimestampTz
idle_end(TimestampTz idle_since)
{
	if (timetap_worker_idle < 0 || !tt_turn_is_idle() || !timetap_shared_state_has_launcher())
		return DT_NOEND;
	return idle_since + (int64) timetap_worker_idle * USECS_PER_SEC;
}

/*
 * The worker's life.  It returns when it was without work for
 * timetap.worker_idle; whoever sets the latch from the last turn on is seen to
 * by the caller.
 */
void
timetap_worker_main(Oid database pg_attribute_unused())
{
	TimestampTz idle_since;
	bool		woken = true;

	begin();
	idle_since = GetCurrentTimestamp();
	for (;;)
	{
		guarded_turn(woken);
		if (!tt_turn_is_idle())
			idle_since = GetCurrentTimestamp();
		else
			pgstat_report_stat(true);
		woken = wait_until(Min(tt_turn_next(), idle_end(idle_since)));
		if (!woken && idle_end(idle_since) <= GetCurrentTimestamp())
			return;
	}
}
