"""Calendars, the list of calendars, free/busy, colours and push channels."""

import secrets
import time

import events_api
import listing
import times
from errors import ApiError, Answer, invalid, not_found

MAX_CALENDARS = 50
DAY = 86400
CHANNEL_LIFE = 7 * DAY


def solutions(call, calendar):
    allowed = call.store.settings["allow_meet"] and calendar.allow_meet
    return {"allowedConferenceSolutionTypes": ["hangoutsMeet"] if allowed else []}


def get_calendar(call):
    calendar = events_api.need_calendar(call, "reader")
    return Answer(200, {
        "kind": "calendar#calendar", "etag": "\"c%d\"" % calendar.changes,
        "id": calendar.id, "summary": calendar.summary, "timeZone": calendar.time_zone,
        "conferenceProperties": solutions(call, calendar), "dataOwner": calendar.owner})


def list_entry(call, calendar):
    entry = {
        "kind": "calendar#calendarListEntry", "etag": "\"l%d\"" % calendar.changes,
        "id": calendar.id, "summary": calendar.summary, "timeZone": calendar.time_zone,
        "colorId": "14", "backgroundColor": "#9fe1e7", "foregroundColor": "#000000",
        "selected": True, "accessRole": calendar.role_of(call.email),
        "defaultReminders": [], "conferenceProperties": solutions(call, calendar)}
    if calendar.id == call.email:
        entry["primary"] = True
    return entry


def get_list_entry(call):
    return Answer(200, list_entry(call, events_api.need_calendar(call, "freeBusyReader")))


def list_calendars(call):
    low = events_api.ROLES.index(call.params.get("minAccessRole", "freeBusyReader"))
    items = [list_entry(call, calendar) for calendar in call.store.calendars.values()
             if calendar.role_of(call.email)
             and events_api.ROLES.index(calendar.role_of(call.email)) >= low]
    answer = {"kind": "calendar#calendarList", "etag": "\"p%d\"" % len(items)}
    if "pageToken" in call.params:
        return Answer(200, {**answer, **listing.turn_page(call)})
    return Answer(200, {**answer, **listing.page_of(
        call, items, {"nextSyncToken": listing.pack({"calendars": len(items)})})})


def blocks(event, owner):
    """Whether an event makes its calendar's owner busy."""
    if event.cancelled or event.data.get("transparency") == "transparent":
        return False
    return not any(guest["email"] == owner and guest["responseStatus"] == "declined"
                   for guest in event.data.get("attendees") or ())


def busy_times(calendar, low, high):
    """Merged and clipped [start, end] pairs, epoch seconds."""
    zone = calendar.time_zone
    found = []
    for event in listing.expand(calendar, calendar.events.values(), low, high):
        if not blocks(event, calendar.owner):
            continue
        start = max(times.instant_of(event.data["start"], zone), low)
        end = min(times.instant_of(event.data["end"], zone), high)
        if start < end:
            found.append((start, end))
    merged = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    return merged


def busy_of(call, wanted, low, high, zone):
    calendar = call.store.find_calendar(wanted, call.email)
    reason = call.store.settings["freebusy_errors"].get(wanted)
    if reason is None and (calendar is None or not calendar.role_of(call.email)):
        reason = "notFound"
    if reason:
        return {"errors": [{"domain": "global", "reason": reason}], "busy": []}
    return {"busy": [{"start": times.render_instant(start, zone),
                      "end": times.render_instant(end, zone)}
                     for start, end in busy_times(calendar, low, high)]}


def read_bound(call, name):
    text = call.body.get(name)
    if text is None:
        raise invalid("Missing %s parameter." % name, "required", ("parameter", name))
    if not times.has_offset(text) or times.parse_instant(text) is None:
        raise invalid("Bad Request", "badRequest", ("parameter", name))
    return times.parse_instant(text)


def free_busy(call):
    low, high = read_bound(call, "timeMin"), read_bound(call, "timeMax")
    zone = call.body.get("timeZone", "UTC")
    if times.zone(zone) is None:
        raise invalid("Invalid time zone definition.")
    if high <= low:
        raise invalid("The specified time range is empty.", "timeRangeEmpty",
                      ("parameter", "timeRange"))
    if high - low > call.store.settings["freebusy_max_days"] * DAY:
        raise invalid("The requested time range is too long.", "timeRangeTooLong",
                      ("parameter", "timeRange"), blame=False)
    for name, most in (("calendarExpansionMax", 50), ("groupExpansionMax", 100)):
        if call.body.get(name, 1) > most:
            raise invalid("Invalid value for: " + name)
    wanted = [item.get("id") for item in call.body.get("items", ())]
    if None in wanted:
        raise invalid("Missing calendar id.", "required")
    calendars = {}
    for number, name in enumerate(wanted):
        if number >= min(call.body.get("calendarExpansionMax", MAX_CALENDARS), MAX_CALENDARS):
            calendars[name] = {"errors": [{"domain": "calendar",
                                           "reason": "tooManyCalendarsRequested"}], "busy": []}
        else:
            calendars[name] = busy_of(call, name, low, high, zone)
    return Answer(200, {"kind": "calendar#freeBusy", "timeMin": times.render_utc(low),
                        "timeMax": times.render_utc(high), "calendars": calendars,
                        "groups": {}})


def get_colors(_call):
    palette = ("#a4bdfc", "#7ae7bf", "#dbadff", "#ff887c", "#fbd75b", "#ffb878",
               "#46d6db", "#e1e1e1", "#5484ed", "#51b749", "#dc2127")
    colors = {str(number): {"background": color, "foreground": "#1d1d1d"}
              for number, color in enumerate(palette, 1)}
    return Answer(200, {"kind": "calendar#colors", "updated": "2012-02-14T00:00:00.000Z",
                        "calendar": colors, "event": colors})


def watch(call):
    """Open a push channel; notifications themselves are for the test to send."""
    calendar = events_api.need_calendar(call, "reader")
    body = call.body
    if not body.get("id") or not body.get("type") or not body.get("address"):
        raise invalid("Missing channel id, type or address.", "required")
    if body["type"] not in ("web_hook", "webhook") or len(body["id"]) > 64 \
            or len(body.get("token") or "") > 256:
        raise invalid("Invalid channel.")
    if not body["address"].startswith("https://"):
        raise invalid("WebHook callback must be HTTPS: " + body["address"],
                      "push.webhookUrlNotHttps")
    if body["id"] in call.store.channels:
        raise invalid("Channel id %s not unique" % body["id"], "channelIdNotUnique")
    latest = int((time.time() + CHANNEL_LIFE) * 1000)
    asked = body.get("expiration") or ""
    channel = {
        "kind": "api#channel", "id": body["id"], "resourceId": secrets.token_urlsafe(20),
        "resourceUri": "https://www.googleapis.com/calendar/v3/calendars/%s/events?alt=json"
                       % calendar.id,
        "expiration": str(min(int(asked), latest) if asked.isdigit() else latest)}
    if body.get("token"):
        channel["token"] = body["token"]
    call.store.channels[body["id"]] = {**channel, "address": body["address"],
                                       "email": call.email}
    return Answer(200, channel)


def stop_channel(call):
    channel = call.store.channels.get(call.body.get("id"))
    if not channel or channel["resourceId"] != call.body.get("resourceId"):
        raise ApiError(404, "notFound", "Channel '%s' not found for project"
                       % call.body.get("id"))
    if channel["email"] != call.email:
        raise not_found()
    del call.store.channels[channel["id"]]
    return Answer(204)


HANDLERS = {
    "calendars.get": get_calendar, "calendarList.get": get_list_entry,
    "calendarList.list": list_calendars, "freebusy.query": free_busy,
    "colors.get": get_colors, "events.watch": watch, "channels.stop": stop_channel,
    "events.list": listing.list_events, "events.instances": listing.list_instances,
}
