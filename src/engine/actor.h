/*-------------------------------------------------------------------------
 *
 * actor.h
 *	  Who calls, and what that allows.
 *
 * Taken before a section is opened (statements.h): inside, everybody is the
 * tables' owner.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_ACTOR_H
#define TT_ACTOR_H

#include "postgres_ext.h"

typedef struct TTActor
{
	Oid			role;
	bool		administrator;	/* superuser, or has the tables' owner's rights */
	bool		service;		/* an administrator, or a member of the role
								 * that grant_api() was told is the service's */
	const char *who;			/* for booking_events.who: 'role:NAME' */
} TTActor;

extern void tt_actor_get(TTActor *actor);

/* Refuse (42501 not_allowed) unless the caller is ... */
extern void tt_actor_require_service(const char *what);
extern void tt_actor_require_administrator(const char *what);

#endif							/* TT_ACTOR_H */
