/*-------------------------------------------------------------------------
 *
 * event_type_info.c
 *	  event_type_info() and host_event_types(): what a booking page shows.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "address.h"
#include "event_type_find.h"
#include "statements.h"

PG_FUNCTION_INFO_V1(timetap_event_type_info);
PG_FUNCTION_INFO_V1(timetap_host_event_types);

#define MINUTES(interval)	"(EXTRACT(epoch FROM " interval ") OPERATOR(pg_catalog./) 60)::pg_catalog.int4"

/* The functions' columns, in their order: nothing that is the host's own. */
#define SHOWN \
	"SELECT e.id, h.handle" CONCAT "'/'" CONCAT "e.slug, e.title, e.description, " MINUTES("e.duration") "," \
	" (SELECT pg_catalog.array_agg(DISTINCT " MINUTES("d.duration") ")" \
	" FROM pg_catalog.unnest(pg_catalog.array_append(e.durations, e.duration)) AS d (duration))," \
	" e.price, e.currency, e.capacity, e.location, e.questions, e.add_ons, e.requires_approval, e.requires_login," \
	" h.handle, h.name, h.time_zone, false, NULL::pg_catalog.timestamptz" \
	" FROM timetap.event_types e JOIN timetap.hosts h ON h.id" EQ "e.host_id"

static TTStatement of_event_type = {
	SHOWN " WHERE e.id" EQ "$1",
	{UUIDOID, InvalidOid}
};

static TTStatement of_host = {
	SHOWN " WHERE e.host_id" EQ "$1 AND e.active AND NOT e.hidden ORDER BY e.slug COLLATE pg_catalog.\"C\"",
	{UUIDOID, InvalidOid}
};

static bool
put_info(void *state, const Datum *values, const bool *nulls)
{
	ReturnSetInfo *set = state;

	tuplestore_putvalues(set->setResult, set->setDesc, (Datum *) values, (bool *) nulls);
	CHECK_FOR_INTERRUPTS();
	return true;
}

/*
 * event_type_info(event_type)
 */
Datum
timetap_event_type_info(PG_FUNCTION_ARGS)
{
	TTSection	section;
	TTEventType event;
	TTRefusal	refusal;
	TTParameter parameters[] = {TT_VALUE(UUIDPGetDatum(&event.id))};

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0))
		return (Datum) 0;

	tt_statements_begin(&section);
	if (!tt_event_type_find(text_to_cstring(PG_GETARG_TEXT_PP(0)), NULL, &event, &refusal))
		tt_errors_raise(&refusal);
	tt_statements_scan(&of_event_type, parameters, NULL, put_info, fcinfo->resultinfo);
	tt_statements_end(&section);
	return (Datum) 0;
}

/*
 * host_event_types(host)
 */
Datum
timetap_host_event_types(PG_FUNCTION_ARGS)
{
	TTSection	section;
	pg_uuid_t	id;
	TTRefusal	refusal;
	TTParameter parameters[] = {TT_VALUE(UUIDPGetDatum(&id))};

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0))
		return (Datum) 0;

	tt_statements_begin(&section);
	if (!tt_address_find_host(text_to_cstring(PG_GETARG_TEXT_PP(0)), &id, &refusal))
		tt_errors_raise(&refusal);
	tt_statements_scan(&of_host, parameters, NULL, put_info, fcinfo->resultinfo);
	tt_statements_end(&section);
	return (Datum) 0;
}
