"""The methods of the events collection that write or read one event.

A write is worked out on the side and put into the store in one go at its end:
an error half-way leaves nothing behind.
"""

import copy
import time

import conference
import event_body
import mails
import recurrence
import store as storage
from errors import ApiError, Answer, bad_parameter, invalid, not_found

ROLES = ("freeBusyReader", "reader", "writer", "owner")


def need_calendar(call, role, calendar_id=None):
    """The calendar of the call; 404 hides those the account cannot see."""
    calendar = call.store.find_calendar(calendar_id or call.path["calendarId"], call.email)
    held = calendar and calendar.role_of(call.email)
    if not held:
        raise not_found()
    if ROLES.index(held) < ROLES.index(role):
        if role == "writer":
            raise ApiError(403, "requiredAccessLevel",
                           "You need to have writer access to this calendar.")
        raise not_found()
    return calendar


def need_event(call, calendar):
    """The event of the call; an instance of a series becomes one of its own.

    A read does not keep that event, a write does (keep_instance).
    """
    event = calendar.events.get(call.path["eventId"])
    if event is None:
        found = recurrence.find_instance(calendar, call.path["eventId"])
        if found is None:
            raise not_found()
        event = recurrence.exception(call.path["eventId"], *found)
    return event


def keep_instance(calendar, event):
    """A written instance is from now on an exception of its series."""
    calendar.events.setdefault(event.id, event)


def check_if_match(call, event):
    wanted = call.headers.get("if-match")
    if wanted is None:
        return
    etags = [part.strip() for part in wanted.split(",")]
    if etags != ["*"] and any(not e.startswith("\"") or not e.endswith("\"") for e in etags):
        call.note("bad If-Match", "an etag is a quoted string")
    if "*" not in etags and "\"%d\"" % event.etag not in etags:
        raise ApiError(412, "conditionNotMet", "Precondition Failed",
                       ("header", "If-Match"))


def answer_event(call, calendar, event):
    shown = event_body.render(
        call.store, calendar, event, call.email, call.params.get("timeZone"),
        call.params.get("maxAttendees"),
        call.method.name == "events.get" or call.params.get("conferenceDataVersion") == 1)
    return Answer(200, shown, {"ETag": shown["etag"]})


def apply_conference(call, calendar, event, put=False):
    """The conferenceData of a write; without version 1 it is ignored."""
    given = "conferenceData" in call.body
    if call.params.get("conferenceDataVersion") != 1:
        if given:
            call.note("conferenceData ignored", "conferenceDataVersion is not 1")
    elif given:
        allowed = (call.store.settings["allow_meet"] and calendar.allow_meet
                   and call.impersonated)
        conference.apply(call.store.settings["meet"], allowed, event,
                         call.body["conferenceData"], call.note)
    elif put:
        conference.remove(event)


def check_guests(call, data):
    if data.get("attendees") and not call.impersonated:
        raise ApiError(403, "forbiddenForServiceAccounts",
                       "Service accounts cannot invite attendees without Domain-Wide "
                       "Delegation of Authority.")


def insert(call):
    calendar = need_calendar(call, "writer")
    body = call.body
    if "id" in body and "iCalUID" in body:
        call.note("both id and iCalUID", "send one of them")
    if body.get("sequence"):
        call.note("sequence set", "it grows by itself")
    event_id = body.get("id")
    if event_id is None:
        event_id = storage.random_id()
    event_body.check_id(event_id)
    same_uid = body.get("iCalUID") and any(
        e.data.get("iCalUID") == body["iCalUID"] for e in calendar.events.values())
    data = event_body.merge({}, body, False, call.params.get("supportsAttachments"), call.note)
    if data["status"] == "cancelled":
        raise invalid("Invalid value for: status")
    if event_id in calendar.events or same_uid:
        raise ApiError(409, "duplicate", "The requested identifier already exists.")
    return Answer(200, create(call, calendar, event_id, data))


def create(call, calendar, event_id, data, organizer=None):
    check_guests(call, data)
    event = storage.Event(event_id, data)
    event.creator = call.email
    event.organizer = organizer or calendar.id
    event.created = time.time()
    event.sequence = call.body.get("sequence") or 0
    event.changed_by = "client"
    apply_conference(call, calendar, event)
    mails.send(call.store, calendar, event, None, data, call.params.get("sendUpdates"), call.note)
    call.store.touch(calendar, event)
    calendar.events[event_id] = event
    return answer_event(call, calendar, event).body


def get(call):
    calendar = need_calendar(call, "reader")
    event = need_event(call, calendar)
    if event.cancelled and call.store.settings["tombstones_vanish"]:
        raise not_found()
    conference.count_read(call.store, calendar, event)
    etag = "\"%d\"" % event.etag
    known = call.headers.get("if-none-match", "")
    if etag in [part.strip() for part in known.split(",")]:
        return Answer(304, None, {"ETag": etag})
    return answer_event(call, calendar, event)


def check_tombstone(call, event):
    """PATCH of a deleted event that does not bring it back."""
    if event.cancelled and call.body.get("status", "cancelled") == "cancelled":
        if call.store.settings["tombstone_patch"] == "forbidden":
            raise ApiError(403, "forbidden", "Forbidden")


def check_body_id(call, event):
    if call.body.get("id", event.id) != event.id:
        raise invalid("Invalid resource id value.")


def patch(call):
    calendar = need_calendar(call, "writer")
    event = need_event(call, calendar)
    check_if_match(call, event)
    check_tombstone(call, event)
    check_body_id(call, event)
    if "sequence" in call.body:
        call.note("sequence in PATCH", "it grows by itself")
        check_sequence(call, event)
    data = event_body.merge(event.data, call.body, True,
                            call.params.get("supportsAttachments"), call.note)
    return Answer(200, change(call, calendar, event, data))


def check_sequence(call, event):
    if (call.body.get("sequence") or 0) < event.sequence:
        raise invalid("Invalid sequence value. The specified sequence number is below "
                      "the current sequence number of the resource. Re-fetch the resource "
                      "and use its sequence number on the following request.", blame=False)


def update(call):
    calendar = need_calendar(call, "writer")
    event = need_event(call, calendar)
    check_if_match(call, event)
    check_body_id(call, event)
    check_sequence(call, event)
    if event.cancelled and call.store.settings["tombstone_patch"] == "forbidden":
        raise ApiError(403, "forbidden", "Forbidden")
    data = event_body.merge({}, call.body, False,
                            call.params.get("supportsAttachments"), call.note)
    return Answer(200, change(call, calendar, event, data, put=True))


def change(call, calendar, event, data, put=False):
    """Put new data into an event and tell its guests."""
    check_guests(call, data)
    old = event.data
    draft = copy.copy(event)
    draft.data = data
    apply_conference(call, calendar, draft, put)
    if data.get("eventType") != old.get("eventType"):
        raise invalid("Event type cannot be changed.", "eventTypeRestriction")
    mails.send(call.store, calendar, draft, old, data, call.params.get("sendUpdates"), call.note)
    if any(old.get(name) != data.get(name) for name in event_body.SEQUENCED):
        draft.sequence = event.sequence + 1
    if put:
        draft.sequence = max(draft.sequence, call.body.get("sequence") or 0)
    changed = {name for name in set(old) | set(data) if old.get(name) != data.get(name)}
    event.__dict__.update(draft.__dict__)
    event.changed_by = "client"
    keep_instance(calendar, event)
    call.store.touch(calendar, event, visible=changed != {"reminders"})
    return answer_event(call, calendar, event).body


def delete(call):
    calendar = need_calendar(call, "writer")
    event = need_event(call, calendar)
    if event.cancelled:
        if call.store.settings["tombstones_vanish"]:
            raise not_found()
        raise ApiError(410, "deleted", "Resource has been deleted")
    check_if_match(call, event)
    bury(call.store, calendar, event, call.params.get("sendUpdates"), call.note, "client")
    return Answer(204)


def bury(store, calendar, event, choice, note, who):
    """Make a tombstone of an event."""
    data = {**event.data, "status": "cancelled"}
    mails.send(store, calendar, event, event.data, data, choice, note)
    event.data = data
    event.pending_reads = None
    event.changed_by = who
    keep_instance(calendar, event)
    store.touch(calendar, event)
    for other in calendar.events.values():
        if other.data.get("recurringEventId") == event.id and not other.cancelled:
            other.data = {**other.data, "status": "cancelled"}
            store.touch(calendar, other)


def import_event(call):
    calendar = need_calendar(call, "writer")
    uid = call.body.get("iCalUID")
    if not uid:
        raise invalid("Missing iCalUID.", "required")
    data = event_body.merge({}, call.body, False,
                            call.params.get("supportsAttachments"), call.note)
    for event in calendar.events.values():
        if event.data.get("iCalUID", event.id + "@google.com") == uid:
            return Answer(200, change(call, calendar, event, data, put=True))
    organizer = (call.body.get("organizer") or {}).get("email")
    data.pop("organizer", None)
    return Answer(200, create(call, calendar, storage.random_id(), data, organizer))


def move(call):
    calendar = need_calendar(call, "writer")
    if "destination" not in call.params:
        raise invalid("Required parameter: destination", "required",
                      ("parameter", "destination"))
    goal = need_calendar(call, "writer", call.params["destination"])
    event = need_event(call, calendar)
    if event.cancelled:
        raise not_found()
    if goal is calendar:
        raise bad_parameter("destination", "The source and the destination are the same.")
    moved = carry(call.store, calendar, event, goal, "client")
    return answer_event(call, goal, moved)


def carry(store, calendar, event, goal, who):
    """Move an event: the old calendar keeps a cancelled entry."""
    moved = copy.copy(event)
    moved.organizer = goal.id
    moved.changed_by = who
    goal.events[event.id] = moved
    store.touch(goal, moved)
    event.data = {**event.data, "status": "cancelled"}
    event.changed_by = who
    store.touch(calendar, event)
    return moved
