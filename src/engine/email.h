/*-------------------------------------------------------------------------
 *
 * email.h
 *	  Is a text an e-mail address that mail can be sent to?
 *
 * Pure C, no server header, no allocation.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_EMAIL_H
#define TT_EMAIL_H

#include <stdbool.h>

#define TT_MAX_EMAIL		254	/* bytes, RFC 5321 */
#define TT_MAX_EMAIL_LOCAL	64	/* ... before the @ */
#define TT_MAX_EMAIL_LABEL	63	/* ... of the domain, between dots */

extern bool tt_email_valid(const char *text);

#endif							/* TT_EMAIL_H */
