"""events.list and events.instances: filters, pages, sync tokens."""

import base64
import json
import secrets

import event_body
import events_api
import recurrence
import times
from errors import ApiError, Answer, invalid

NOT_WITH_TOKEN = ("iCalUID", "orderBy", "privateExtendedProperty", "q",
                  "sharedExtendedProperty", "timeMin", "timeMax", "updatedMin")
# A sync token is only good with the parameters it came from.
BOUND = ("singleEvents", "timeZone", "eventTypes", "maxAttendees")
FAR = 5 * 366 * 86400       # how far singleEvents looks without a timeMax
MONTH = 31 * 86400
FULL_SYNC = "Sync token is no longer valid, a full sync is required."


def pack(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def unpack(token):
    try:
        return json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except ValueError:
        return None


def has_properties(event, part, wanted):
    held = (event.data.get("extendedProperties") or {}).get(part, {})
    return all(held.get(name) == value
               for name, _, value in (one.partition("=") for one in wanted))


def contains_text(event, text):
    data = event.data
    heap = [data.get(name) or "" for name in ("summary", "description", "location")]
    heap += [guest["email"] + " " + (guest.get("displayName") or "")
             for guest in data.get("attendees") or ()]
    return text.lower() in " ".join(heap).lower()


def in_window(event, zone, low, high):
    """timeMin bounds the end, timeMax the start, both exclusively."""
    return ((low is None or times.instant_of(event.data["end"], zone) > low)
            and (high is None or times.instant_of(event.data["start"], zone) < high))


def passes(call, event):
    params = call.params
    tests = (
        ("iCalUID", lambda v: event.data.get("iCalUID", event.id + "@google.com") == v),
        ("q", lambda v: contains_text(event, v)),
        ("privateExtendedProperty", lambda v: has_properties(event, "private", v)),
        ("sharedExtendedProperty", lambda v: has_properties(event, "shared", v)),
        ("updatedMin", lambda v: event.updated >= v),
        ("eventTypes", lambda v: event.data["eventType"] in v),
    )
    return all(test(params[name]) for name, test in tests if name in params)


def expand(calendar, events, low, high):
    """Series replaced by their occurrences (singleEvents=true)."""
    for event in events:
        if not event.data.get("recurrence") or event.cancelled:
            if not event.data.get("recurrence"):
                yield event
            continue
        begin = times.instant_of(event.data["start"], calendar.time_zone)
        until = high if high is not None else max(low or begin, begin) + FAR
        for name, start, end in recurrence.instances(
                calendar, event, begin if low is None else low, until):
            yield recurrence.exception(name, event, start, end)


def sync_state(call, calendar):
    """What the sync token says; None for a first listing."""
    token = call.params.get("syncToken")
    if token is None:
        return None
    wrong = [name for name in NOT_WITH_TOKEN if name in call.params]
    if wrong or call.params.get("showDeleted") is False:
        raise invalid("Sync token cannot be used with: "
                      + ", ".join(wrong or ["showDeleted"]), "invalid",
                      ("parameter", (wrong or ["showDeleted"])[0]))
    state = unpack(token)
    if call.store.settings["expire_sync_tokens"] or not isinstance(state, dict) \
            or state.get("calendar") != calendar.id:
        raise ApiError(410, "fullSyncRequired", FULL_SYNC, ("parameter", "syncToken"))
    if state["bound"] != [call.params.get(name) for name in BOUND]:
        call.note("syncToken with other parameters", "keep those of the first listing")
        raise invalid("Sync token cannot be used with other parameters.")
    return state


def select(call, calendar, state):
    """The events of a listing, in order."""
    params = call.params
    deleted = params.get("showDeleted", False) or state is not None \
        or params.get("updatedMin") is not None
    low, high = params.get("timeMin"), params.get("timeMax")
    if state:
        low, high = state["window"]
    events = [e for e in calendar.events.values()
              if (state is None or e.change > state["change"])
              and (deleted or not e.cancelled) and passes(call, e)]
    if params.get("singleEvents"):
        events = list(expand(calendar, events, low, high))
    zone = calendar.time_zone
    events = [e for e in events
              if e.cancelled or (e.data.get("recurrence") and not params.get("singleEvents"))
              or in_window(e, zone, low, high)]
    if params.get("orderBy") == "startTime":
        events.sort(key=lambda e: times.instant_of(e.data["start"], zone))
    elif params.get("orderBy") == "updated":
        events.sort(key=lambda e: e.updated)
    else:
        events.sort(key=lambda e: e.change)
    return events, {"calendar": calendar.id, "change": calendar.changes,
                    "window": [low, high], "bound": [params.get(name) for name in BOUND]}


def show(call, calendar, event, sync):
    if event.cancelled and sync:
        return event_body.bare(event)
    return event_body.render(call.store, calendar, event, call.email,
                             call.params.get("timeZone"), call.params.get("maxAttendees"))


def page_of(call, items, final):
    """The next page of a listing; what is left waits under a page token."""
    settings = call.store.settings
    size = min(call.params.get("maxResults", 250), 2500)
    if settings["list_page_size"]:
        size = min(size, int(settings["list_page_size"]))
    if settings["list_empty_pages"] and not call.params.get("pageToken", "").endswith("E"):
        size = 0
    here, rest = items[:size], items[size:]
    if rest or (size == 0 and items):
        token = secrets.token_urlsafe(12) + ("E" if size == 0 else "F")
        call.store.pages[token] = (same_question(call), rest, final)
        return {"nextPageToken": token, "items": here}
    return {**final, "items": here}


def same_question(call):
    return {"path": call.path, **{k: v for k, v in call.params.items()
                                  if k not in ("pageToken", "maxResults")}}


def turn_page(call):
    """A page asked for by token: same parameters as the first, or 400."""
    question, items, final = call.store.pages.get(call.params["pageToken"], (None, [], {}))
    if question is None:
        raise invalid("Invalid page token value.", "invalid", ("parameter", "pageToken"))
    if question != same_question(call):
        call.note("pageToken with other parameters", "keep those of the first page")
        raise invalid("Invalid page token value.", "invalid", ("parameter", "pageToken"))
    return page_of(call, items, final)


def head(call, calendar):
    return {"kind": "calendar#events", "etag": "\"p%d\"" % calendar.changes,
            "summary": calendar.summary, "description": "",
            "updated": times.render_utc(call.store.now()), "timeZone": calendar.time_zone,
            "accessRole": calendar.role_of(call.email), "defaultReminders": []}


def list_events(call):
    calendar = events_api.need_calendar(call, "reader")
    params = call.params
    if "pageToken" in params:
        return Answer(200, {**head(call, calendar), **turn_page(call)})
    if params.get("orderBy") == "startTime" and not params.get("singleEvents"):
        raise invalid("The requested ordering is not available for the particular query.")
    if "timeMin" in params and params.get("timeMax", params["timeMin"] + 1) <= params["timeMin"]:
        raise invalid("The specified time range is empty.", "timeRangeEmpty")
    if params.get("updatedMin", call.store.now()) < call.store.now() - MONTH:
        raise ApiError(410, "updatedMinTooLongAgo",
                       "The requested minimum modification time lies too far in the past.",
                       ("parameter", "updatedMin"))
    state = sync_state(call, calendar)
    events, new_state = select(call, calendar, state)
    items = [show(call, calendar, event, state is not None) for event in events]
    # Listings with these filters or order give no token to go on with.
    lone = {"orderBy", "q", "iCalUID", "privateExtendedProperty", "sharedExtendedProperty",
            "updatedMin"} & set(params)
    final = {} if lone else {"nextSyncToken": pack(new_state)}
    return Answer(200, {**head(call, calendar), **page_of(call, items, final)})


def list_instances(call):
    calendar = events_api.need_calendar(call, "reader")
    if "pageToken" in call.params:
        return Answer(200, {**head(call, calendar), **turn_page(call)})
    series = events_api.need_event(call, calendar)
    low, high = call.params.get("timeMin"), call.params.get("timeMax")
    exceptions = [e for e in calendar.events.values()
                  if e.data.get("recurringEventId") == series.id
                  and (call.params.get("showDeleted") or not e.cancelled)]
    events = [e for e in list(expand(calendar, [series], low, high)) + exceptions
              if in_window(e, calendar.time_zone, low, high)]
    events.sort(key=lambda e: times.instant_of(e.data["start"], calendar.time_zone))
    items = [show(call, calendar, event, False) for event in events]
    return Answer(200, {**head(call, calendar), **page_of(call, items, {})})
