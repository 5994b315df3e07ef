/*-------------------------------------------------------------------------
 *
 * request.h
 *	  The next request of a job.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_REQUEST_H
#define TT_REQUEST_H

#include "job.h"

/*
 * Inside a section.  Build the request that the job's decision leads to, or
 * the one for an access token if there is none.
 */
extern void tt_request_build(TTJob *job, TimestampTz now);

#endif							/* TT_REQUEST_H */
