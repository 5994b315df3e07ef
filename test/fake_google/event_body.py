"""The fields of an event: rules for what comes in, form of what goes out."""

import base64
import re

import conference
import recurrence
import times
from errors import ApiError, invalid

ID = re.compile(r"[0-9a-v]{5,1024}")
ADDRESS = re.compile(r"[^\s@<>\",;:\\()\[\]]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
                     r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*")
MAX_REMINDER = 40320
MAX_GUESTS = 200
MAX_KEY, MAX_VALUE, MAX_PROPERTIES, MAX_BYTES = 44, 1024, 300, 32768

DEFAULTS = {"status": "confirmed", "eventType": "default",
            "reminders": {"useDefault": True}}
# Fields an answer leaves out at these values.
UNSAID = {"transparency": "opaque", "visibility": "default",
          "guestsCanModify": False, "guestsCanInviteOthers": True,
          "guestsCanSeeOtherGuests": True, "anyoneCanAddSelf": False,
          "attendeesOmitted": False}
TIMES = ("start", "end", "originalStartTime")
# A change of these makes the sequence grow.
SEQUENCED = ("start", "end", "location", "recurrence")
# What guests cannot see of an event.
PRIVATE = ("reminders", "colorId", "transparency", "conferenceData")


def check_id(event_id):
    if not ID.fullmatch(event_id):
        raise invalid("Invalid resource id value.")
    return event_id


def read_attendees(given, note):
    """Guests as Google keeps them: one per address, with an answer."""
    guests = {}
    for guest in given:
        email = guest.get("email")
        if not email:
            raise invalid("Missing attendee email.", "required")
        if len(email) > 254 or not ADDRESS.fullmatch(email):
            raise invalid("Invalid attendee email.")
        email = email.lower()
        if email in guests:
            note("repeated attendee", "the same address twice")
            continue
        kept = {name: value for name, value in guest.items() if value is not None}
        guests[email] = {**kept, "email": email,
                         "responseStatus": guest.get("responseStatus") or "needsAction"}
    if len(guests) > MAX_GUESTS:
        note("too many attendees", str(len(guests)))
        raise ApiError(403, "calendarLimitsExceeded", "Too many attendees.", blame=True)
    return list(guests.values())


def read_reminders(given, note):
    overrides = given.get("overrides") or []
    if given.get("useDefault") and overrides:
        raise invalid("Cannot specify both default reminders and overrides at the same time.",
                      "cannotUseDefaultRemindersAndSpecifyOverride")
    if len(overrides) > 5:
        raise invalid("The number of override reminders is limited to 5.",
                      "eventRemindersCountExceedsLimit")
    kept = []
    for one in overrides:
        if one.get("method") is None or one.get("minutes") is None:
            raise invalid("Missing reminder method or minutes.", "required")
        minutes = min(max(one["minutes"], 0), MAX_REMINDER)
        if minutes != one["minutes"]:
            note("reminder out of range", str(one["minutes"]))
        kept.append({"method": one["method"], "minutes": minutes})
    answer = {"useDefault": bool(given.get("useDefault", False))}
    return {**answer, "overrides": kept} if kept else answer


def read_properties(old, given, note):
    """Extended properties after a merge; what is too long is lost silently."""
    result = {part: dict(values) for part, values in (old or {}).items()}
    for part, values in given.items():
        if values is None:
            result.pop(part, None)
            continue
        kept = result.setdefault(part, {})
        for name, value in values.items():
            if value is None:
                kept.pop(name, None)
            elif len(name) > MAX_KEY:
                note("property name too long", name[:MAX_KEY])
            else:
                if len(value) > MAX_VALUE:
                    note("property value too long", name)
                kept[name] = value[:MAX_VALUE]
    everything = [item for values in result.values() for item in values.items()]
    size = sum(len(name.encode()) + len(value.encode()) for name, value in everything)
    if len(everything) > MAX_PROPERTIES or size > MAX_BYTES:
        raise invalid("Too many or too large extended properties.")
    return {part: values for part, values in result.items() if values} or None


def read_attachments(given, allowed, note):
    if not allowed:
        note("attachments dropped", "supportsAttachments is not true")
        return None
    if len(given) > 25 or any(not one.get("fileUrl") for one in given):
        raise invalid("Invalid attachments.")
    return given


def merge_time(old, given):
    """PATCH merges the parts of a start or end; the old one in request form."""
    if old is None:
        form = {}
    elif "date" in old:
        form = dict(old)
    else:
        form = {"dateTime": times.render_instant(old["instant"], old["timeZone"] or "UTC"),
                "timeZone": old["timeZone"]}
    form.update(given)
    return {name: value for name, value in form.items() if value is not None}


def merge(old, wish, merging, attachments, note):
    """New data of an event from a checked request body.

    `merging` is PATCH: objects merge, arrays are replaced, null removes.
    Otherwise the body is the whole event and what it leaves out is reset.
    """
    data = dict(old) if merging else {}
    recurring = bool(wish.get("recurrence", data.get("recurrence")))
    for name, value in wish.items():
        if name in ("conferenceData", "id", "sequence", "originalStartTime"):
            continue
        if value is None:
            data.pop(name, None)
        elif name in ("start", "end"):
            form = merge_time(data.get(name), value) if merging else value
            data[name] = times.read(form, name)
        elif name == "attendees":
            data[name] = read_attendees(value, note)
        elif name == "reminders":
            data[name] = read_reminders(value, note)
        elif name == "extendedProperties":
            data[name] = read_properties(data.get(name), value, note)
        elif name == "recurrence":
            recurrence.parse(value)
            data[name] = value
        elif name == "attachments":
            data[name] = read_attachments(value, attachments, note)
        elif isinstance(value, dict):
            merged = {**data.get(name, {}), **value}
            data[name] = {k: v for k, v in merged.items() if v is not None}
        else:
            data[name] = value
    for which in ("end", "start"):
        if which not in data:
            raise invalid("Missing %s time." % which, "required")
        if recurring and "instant" in data[which] and not data[which]["timeZone"]:
            raise invalid("Missing time zone definition for %s time." % which, "required")
    times.check_range(data["start"], data["end"])
    return {**DEFAULTS, **{k: v for k, v in data.items() if v is not None}}


def link_to(event, calendar):
    pair = base64.urlsafe_b64encode(("%s %s" % (event.id, calendar.id)).encode())
    return "https://www.google.com/calendar/event?eid=" + pair.decode().rstrip("=")


def person(email, viewer):
    return {"email": email, "self": True} if email == viewer else {"email": email}


def render_attendee(guest, event, viewer):
    shown = dict(guest)
    if guest["email"] == event.organizer:
        shown["organizer"] = True
    if guest["email"] == viewer:
        shown["self"] = True
    return shown


def render(store, calendar, event, viewer, zone=None, max_attendees=None,
           with_conference=True):
    """The event as an answer shows it."""
    data = event.data
    shown = {
        "kind": "calendar#event", "etag": "\"%d\"" % event.etag, "id": event.id,
        "status": data["status"], "htmlLink": link_to(event, calendar),
        "created": times.render_utc(event.created, milliseconds=False),
        "updated": times.render_utc(event.updated),
    }
    for name, value in data.items():
        if name in TIMES:
            shown[name] = times.render(value, calendar.time_zone, zone)
        elif UNSAID.get(name) != value and name != "attendees":
            shown[name] = value
    shown["creator"] = person(event.creator, viewer)
    shown["organizer"] = person(event.organizer, calendar.id)
    shown.setdefault("iCalUID", event.id + "@google.com")
    shown["sequence"] = event.sequence
    guests = data.get("attendees") or []
    if guests:
        shown["attendees"] = [render_attendee(guest, event, viewer)
                              for guest in guests[:max_attendees]]
        if len(guests) > len(shown["attendees"]):
            shown["attendeesOmitted"] = True
    link = conference.link_of(event.conference)
    if link:
        shown["hangoutLink"] = link
    if event.conference and with_conference:
        shown["conferenceData"] = event.conference
    return shown


def bare(event):
    """All that some answers tell of a deleted event."""
    return {"kind": "calendar#event", "etag": "\"%d\"" % event.etag,
            "id": event.id, "status": "cancelled"}
