/*-------------------------------------------------------------------------
 *
 * rights.c
 *	  grant_api(): gives the API to the roles that call it.
 *
 * Who may call what is data, the table api_rights that the install script
 * fills.  API roles get functions, and views over functions, and nothing
 * else: no table, and nothing in timetap_private.
 *
 * GRANT takes no parameters, so these are the only statements that are put
 * together at run time.  Objects come from the catalog, fully qualified and
 * quoted by the server; roles are quoted here and known to exist.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "fmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"

#include "actor.h"
#include "address.h"
#include "errors.h"
#include "statements.h"

PG_FUNCTION_INFO_V1(timetap_grant_api);

#define NCALLERS	3

/* The kinds of callers, in the order of grant_api's arguments. */
static const struct
{
	const char *caller;
	const char *argument;
	const char *usual_role;
}			callers[NCALLERS] =
{
	{"anonymous", "anon", "anon"},
	{"authenticated", "authenticated", "authenticated"},
	{"service", "service", "service_role"},
};

typedef struct ApiObject
{
	char	   *name;			/* as GRANT takes it */
	bool		is_view;
	bool		granted[NCALLERS];
} ApiObject;

static TTStatement read_objects = {
	"SELECT p.oid, false, r.anonymous, r.authenticated, r.service FROM timetap_private.api_rights r"
	" JOIN pg_catalog.pg_proc p ON p.proname" EQ "r.name AND p.pronamespace" EQ "$1"
	" UNION ALL"
	" SELECT c.oid, true, r.anonymous, r.authenticated, r.service FROM timetap_private.api_rights r"
	" JOIN pg_catalog.pg_class c ON c.relname" EQ "r.name AND c.relnamespace" EQ "$1"
	" AND c.relkind" EQ "'v'",
	{OIDOID, InvalidOid}
};

static TTStatement lock_roles = {
	"LOCK TABLE timetap_private.api_roles IN SHARE ROW EXCLUSIVE MODE",
	{InvalidOid}
};

static TTStatement forget_roles = {
	"DELETE FROM timetap_private.api_roles r RETURNING r.role_name",
	{InvalidOid}
};

static TTStatement remember_role = {
	"INSERT INTO timetap_private.api_roles (caller, role_name) VALUES ($1, $2)",
	{TEXTOID, TEXTOID, InvalidOid}
};

/*
 * The role named for each kind of caller, NULL where there is none.
 */
static void
get_roles(FunctionCallInfo fcinfo, const char *roles[NCALLERS])
{
	for (int i = 0; i < NCALLERS; i++)
	{
		const char *role = PG_ARGISNULL(i) ? callers[i].usual_role :
		text_to_cstring(PG_GETARG_TEXT_PP(i));

		if (role[0] != '\0' && !OidIsValid(get_role_oid(role, true)))
			tt_errors_throw(TT_BAD_ARGUMENT,
							psprintf("Name another role as %s, or pass '' to grant nothing to such callers, or CREATE ROLE first.",
									 callers[i].argument),
							"role \"%s\" does not exist", tt_address_shown(role));
		roles[i] = role[0] != '\0' ? role : NULL;
	}
}

static ApiObject *
load_objects(int *count)
{
	TTParameter parameters[] = {TT_VALUE(ObjectIdGetDatum(get_namespace_oid("timetap", false)))};
	ApiObject  *objects;

	*count = (int) tt_statements_read(&read_objects, parameters, NULL);
	objects = palloc(*count * sizeof(ApiObject));
	for (int i = 0; i < *count; i++)
	{
		Oid			oid = DatumGetObjectId(tt_statements_value(i, 1));

		objects[i].is_view = DatumGetBool(tt_statements_value(i, 2));
		objects[i].name = objects[i].is_view ?
			quote_qualified_identifier("timetap", get_rel_name(oid)) :
			format_procedure_qualified(oid);
		for (int caller = 0; caller < NCALLERS; caller++)
			objects[i].granted[caller] = DatumGetBool(tt_statements_value(i, 3 + caller));
	}
	return objects;
}

static void
run_grant(const char *statement)
{
	int			result = SPI_execute(statement, false, 0);

	if (result < 0)
		elog(ERROR, "could not execute \"%s\": %s", statement, SPI_result_code_string(result));
}

/*
 * GRANT to, or REVOKE from, a role the objects of one kind of caller (all of
 * them for -1), functions or views.
 */
static void
change_grants(const char *verb, const char *preposition, const char *role, int caller,
			  const ApiObject *objects, int count, bool views)
{
	StringInfoData statement;
	const char *separator = views ? " SELECT ON TABLE " : " EXECUTE ON FUNCTION ";

	initStringInfo(&statement);
	appendStringInfoString(&statement, verb);
	for (int i = 0; i < count; i++)
	{
		if (objects[i].is_view != views || (caller >= 0 && !objects[i].granted[caller]))
			continue;
		appendStringInfo(&statement, "%s%s", separator, objects[i].name);
		separator = ", ";
	}
	if (separator[0] != ',')
		return;
	appendStringInfo(&statement, " %s %s", preposition, quote_identifier(role));
	run_grant(statement.data);
}

/*
 * Take everything back from the roles that were named before.
 */
static void
revoke_remembered(const ApiObject *objects, int count)
{
	uint64		nroles = tt_statements_write(&forget_roles, NULL);
	char	  **roles = palloc(nroles * sizeof(char *));

	for (uint64 i = 0; i < nroles; i++)
		roles[i] = tt_statements_text(i, 1);
	for (uint64 i = 0; i < nroles; i++)
	{
		if (!OidIsValid(get_role_oid(roles[i], true)))
			continue;
		change_grants("REVOKE", "FROM", roles[i], -1, objects, count, false);
		change_grants("REVOKE", "FROM", roles[i], -1, objects, count, true);
		run_grant(psprintf("REVOKE USAGE ON SCHEMA timetap FROM %s", quote_identifier(roles[i])));
	}
}

static void
grant_to(const char *role, int caller, const ApiObject *objects, int count)
{
	TTParameter parameters[] = {TT_TEXT(callers[caller].caller), TT_TEXT(role)};

	run_grant(psprintf("GRANT USAGE ON SCHEMA timetap TO %s", quote_identifier(role)));
	change_grants("GRANT", "TO", role, caller, objects, count, false);
	change_grants("GRANT", "TO", role, caller, objects, count, true);
	tt_statements_write(&remember_role, parameters);
}

/*
 * grant_api(anon, authenticated, service) -> void
 */
Datum
timetap_grant_api(PG_FUNCTION_ARGS)
{
	TTSection	section;
	const char *roles[NCALLERS];
	ApiObject  *objects;
	int			count;

	tt_actor_require_administrator("grant the API");
	get_roles(fcinfo, roles);

	tt_statements_begin(&section);
	tt_statements_write(&lock_roles, NULL);
	objects = load_objects(&count);
	revoke_remembered(objects, count);
	for (int caller = 0; caller < NCALLERS; caller++)
		if (roles[caller] != NULL)
			grant_to(roles[caller], caller, objects, count);
	tt_statements_end(&section);
	PG_RETURN_VOID();
}
