"""The mails Google would send: one row per guest and kind of mail."""

import time

import event_body
from errors import ApiError

KINDS = ("invite", "update", "cancel")


def guests_of(event_data, organizer):
    return {guest["email"] for guest in (event_data or {}).get("attendees") or []
            if guest["email"] != organizer}


def plan(old, new, organizer):
    """{address: kind} for a change from `old` to `new` data (None = nothing)."""
    before = guests_of(old, organizer) if old and old["status"] != "cancelled" else set()
    after = guests_of(new, organizer) if new and new["status"] != "cancelled" else set()
    found = {email: "invite" for email in after - before}
    found.update({email: "cancel" for email in before - after})
    found.update({email: "update" for email in before & after})
    return found


def visible_change(old, new):
    """Whether a guest could see the difference."""
    def seen(data):
        shown = {k: v for k, v in data.items() if k not in event_body.PRIVATE}
        properties = dict(shown.pop("extendedProperties", None) or {})
        properties.pop("private", None)
        return shown, properties
    return seen(old) != seen(new)


def send(store, calendar, event, old, new, choice, note):
    """Record the mails of one write; `choice` is sendUpdates or None.

    A write that guests cannot see is mailed all the same when sendUpdates
    asks for it: nothing promises that it is not.
    """
    if choice in (None, "none"):
        return
    planned = plan(old, new, event.organizer)
    if old and new and planned and not visible_change(old, new):
        note("mail about nothing", "sendUpdates=%s on a write guests cannot see" % choice)
    if choice == "externalOnly":
        planned = {email: kind for email, kind in planned.items()
                   if email not in store.accounts}
    if not planned or store.ends_in_past(calendar, event):
        return
    count_invitations(store, calendar.owner,
                      sum(kind == "invite" for kind in planned.values()))
    now = time.time()
    for email in sorted(planned):
        store.mails.append({"time": now, "calendar": calendar.id, "event": event.id,
                            "email": email, "kind": planned[email],
                            "summary": (new or old).get("summary")})


def count_invitations(store, owner, number):
    limit = store.settings["guest_quota"]
    total = store.invitations.get(owner, 0) + number
    if number and limit is not None and total > limit:
        raise ApiError(403, "quotaExceeded", "Calendar usage limits exceeded.")
    store.invitations[owner] = total
