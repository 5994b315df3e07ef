/*-------------------------------------------------------------------------
 *
 * actor.c
 *	  Who calls, and what that allows.
 *
 * Administrators are superusers and whoever has the rights of the tables'
 * owner.  The service is whoever has the rights of the role that grant_api()
 * remembered as the service's.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"

#include "actor.h"
#include "errors.h"
#include "statements.h"

static TTStatement service_role = {
	"SELECT r.role_name FROM timetap_private.api_roles r WHERE r.caller" EQ "'service'",
	{InvalidOid}
};

static bool
is_service(Oid role)
{
	TTSection	section;
	bool		result = false;

	tt_statements_begin(&section);
	if (tt_statements_read(&service_role, NULL, NULL) > 0)
	{
		Oid			service = get_role_oid(tt_statements_text(0, 1), true);

		result = OidIsValid(service) && has_privs_of_role(role, service);
	}
	tt_statements_end(&section);
	return result;
}

/*
 * Who calls.
 */
void
tt_actor_get(TTActor *actor)
{
	actor->role = GetUserId();
	actor->administrator = has_privs_of_role(actor->role, tt_statements_owner());
	actor->service = actor->administrator || is_service(actor->role);
	actor->who = psprintf("role:%s", GetUserNameFromId(actor->role, false));
}

static void
require(bool allowed, const char *what)
{
	if (!allowed)
		tt_errors_throw(TT_NOT_ALLOWED,
						"Ask an administrator, or call it as a role that may: see timetap.grant_api().",
						"role \"%s\" may not %s", GetUserNameFromId(GetUserId(), false), what);
}

/*
 * Refuse unless the caller is the service or an administrator.
 */
void
tt_actor_require_service(const char *what)
{
	TTActor		actor;

	tt_actor_get(&actor);
	require(actor.service, what);
}

/*
 * Refuse unless the caller is an administrator.
 */
void
tt_actor_require_administrator(const char *what)
{
	TTActor		actor;

	tt_actor_get(&actor);
	require(actor.administrator, what);
}
