"""Points in time as Google reads and writes them.

Internally a time is {"instant": epoch seconds, "timeZone": name or None} for a
timed event, {"date": "YYYY-MM-DD"} for an all-day one.  Answers render
instants in the zone of the calendar (or of ?timeZone=), as Google does: what
comes back is hardly ever the string that went in.
"""

import re
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

from errors import invalid

# Beyond these years arithmetic would leave what a date can hold.
FIRST_YEAR, LAST_YEAR = 2, 9998
LAST_INSTANT = int(datetime(LAST_YEAR, 1, 1, tzinfo=timezone.utc).timestamp())
RFC3339 = re.compile(r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d{1,9})?"
                     r"([Zz]|[+-]\d\d:\d\d)?", re.ASCII)
ZONE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+/-]*", re.ASCII)


@lru_cache(maxsize=1000)
def zone(name):
    """The zone of that IANA name, or None."""
    if not isinstance(name, str) or not ZONE_NAME.fullmatch(name):
        return None
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return None


@lru_cache(maxsize=4096)
def parse_instant(text, zone_name=None):
    """Epoch seconds of an RFC 3339 time.

    Without an offset it is local time of the zone; None if it is no such time
    or has neither.  Fractions of a second are dropped.
    """
    match = RFC3339.fullmatch(text)
    if not match:
        return None
    offset = match.group(8)
    try:
        local = datetime(*(int(match.group(i)) for i in range(1, 7)))
        if not FIRST_YEAR <= local.year <= LAST_YEAR:
            return None
        if offset is None:
            if zone(zone_name) is None:
                return None
            return int(local.replace(tzinfo=zone(zone_name)).timestamp())
        if offset in "Zz":
            return int(local.replace(tzinfo=timezone.utc).timestamp())
        hours, minutes = int(offset[1:3]), int(offset[4:6])
        if hours > 23 or minutes > 59:
            return None
        shift = timedelta(hours=hours, minutes=minutes)
        if offset[0] == "-":
            shift = -shift
        return int((local.replace(tzinfo=timezone.utc) - shift).timestamp())
    except (ValueError, OverflowError):
        return None


def has_offset(text):
    match = RFC3339.fullmatch(text)
    return bool(match and match.group(8))


def parse_date(text):
    """The date, or None."""
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            return None
        day = date.fromisoformat(text)
        return day if FIRST_YEAR <= day.year <= LAST_YEAR else None
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def render_instant(instant, zone_name):
    """The instant in that zone; UTC is written as Z."""
    text = datetime.fromtimestamp(instant, zone(zone_name)).isoformat()
    return text[:-6] + "Z" if text.endswith("+00:00") else text


def render_utc(instant, milliseconds=True):
    whole = int(instant)
    text = datetime.fromtimestamp(whole, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
    return "%s.%03dZ" % (text, int((instant - whole) * 1000) if milliseconds else 0)


def read(given, which):
    """The inner form of a start or end from a request; 400 if it is wrong."""
    day, moment, name = (given.get(k) for k in ("date", "dateTime", "timeZone"))
    if name is not None and zone(name) is None:
        raise invalid("Invalid time zone definition for %s time." % which)
    if day is None and moment is None:
        raise invalid("Missing %s time." % which, "required")
    if day is not None and moment is not None:
        raise invalid("Invalid %s time." % which)
    if day is not None:
        if parse_date(day) is None:
            raise invalid("Invalid value for: Invalid format: \"%s\"" % day)
        return {"date": day}
    if not RFC3339.fullmatch(moment):
        raise invalid("Bad Request", "badRequest")
    if name is None and not has_offset(moment):
        raise invalid("Missing time zone definition for %s time." % which, "required")
    instant = parse_instant(moment, name)
    if instant is None:
        raise invalid("Bad Request", "badRequest")
    return {"instant": instant, "timeZone": name}


def check_range(start, end):
    """Refuse a start and an end that do not go together."""
    if ("date" in start) != ("date" in end):
        raise invalid("Start and end times must either both be date or both be dateTime.")
    if "date" in start:
        empty = end["date"] < start["date"]
    else:
        empty = end["instant"] < start["instant"]
    if empty:
        raise invalid("The specified time range is empty.", "timeRangeEmpty")


def render(inner, calendar_zone, wanted_zone=None):
    """The form of a start or end in an answer."""
    if "date" in inner:
        return {"date": inner["date"]}
    return {"dateTime": render_instant(inner["instant"], wanted_zone or calendar_zone),
            "timeZone": inner["timeZone"] or calendar_zone}


def instant_of(inner, calendar_zone):
    """Epoch seconds; all-day times begin at midnight of the calendar's zone."""
    if "instant" in inner:
        return inner["instant"]
    day = date.fromisoformat(inner["date"])
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone(calendar_zone))
    return int(midnight.timestamp())
