"""Repeating events: the occurrences of RRULE, RDATE and EXDATE lines.

Understood are RRULE, RDATE and EXDATE with FREQ, INTERVAL, COUNT, UNTIL, BYDAY, BYMONTHDAY and BYMONTH,
which is what calendars hold in practice; a rule with anything else is refused
when it comes in, not expanded wrongly.  Occurrences keep their wall clock
time over changes of daylight saving.
"""

import calendar as gregorian
import copy
import re
from datetime import date, datetime, timedelta, timezone

import times
from errors import invalid

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
KNOWN = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "WKST"}
FREQUENCIES = {"DAILY": 365, "WEEKLY": 52, "MONTHLY": 12, "YEARLY": 1}   # a year
BYDAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
LINE = re.compile(r"(RRULE|RDATE|EXDATE)((?:;[A-Z-]+=[^:;]+)*):(.+)", re.ASCII)
STAMP = re.compile(r"\d{8}(T\d{6}Z?)?", re.ASCII)
MOST = 50000            # periods looked at
MOST_INTERVAL = 1000


def refuse():
    return invalid("Invalid recurrence rule.")


def is_stamp(text):
    try:
        return bool(STAMP.fullmatch(text) and read_stamp(text, "UTC"))
    except ValueError:
        return False


def parse_rule(text):
    parts = dict(part.split("=", 1) for part in text.split(";") if "=" in part)
    if set(parts) - KNOWN or parts.get("FREQ") not in FREQUENCIES or \
            ("COUNT" in parts and "UNTIL" in parts):
        raise refuse()
    try:
        rule = {"freq": parts["FREQ"], "interval": int(parts.get("INTERVAL", 1)),
                "count": int(parts["COUNT"]) if "COUNT" in parts else None,
                "until": parts.get("UNTIL"),
                "days": [BYDAY.fullmatch(d).groups() for d in parts["BYDAY"].split(",")]
                if "BYDAY" in parts else [],
                "month_days": [int(d) for d in parts["BYMONTHDAY"].split(",")]
                if "BYMONTHDAY" in parts else [],
                "months": [int(m) for m in parts["BYMONTH"].split(",")]
                if "BYMONTH" in parts else []}
    except (ValueError, AttributeError):
        raise refuse() from None
    if not 1 <= rule["interval"] <= MOST_INTERVAL \
            or (rule["until"] and not is_stamp(rule["until"])) \
            or (rule["freq"] == "YEARLY" and rule["days"] and not rule["months"]) \
            or any(not 1 <= month <= 12 for month in rule["months"]) \
            or any(not 1 <= abs(day) <= 31 for day in rule["month_days"]):
        raise refuse()
    return rule


def parse(lines):
    """(rules, rdates, exdates): dates as (parameters, stamp)."""
    rules, extra, without = [], [], []
    for line in lines:
        match = LINE.fullmatch(line)
        if not match:
            raise refuse()
        kind, parameters, value = match.groups()
        if kind == "RRULE":
            rules.append(parse_rule(value))
            continue
        stamps = value.split(",")
        named = re.search(r";TZID=([^;:]+)", parameters)
        if not all(map(is_stamp, stamps)) or (named and not times.zone(named.group(1))):
            raise refuse()
        (extra if kind == "RDATE" else without).extend(
            (named and named.group(1), stamp) for stamp in stamps)
    if not rules and not extra:
        raise refuse()
    return rules, extra, without


def read_stamp(stamp, zone_name):
    """A local datetime (naive, in the series' zone) from an iCalendar stamp."""
    if len(stamp) == 8:
        stamp += "T000000"
    moment = datetime.strptime(stamp[:15], "%Y%m%dT%H%M%S")
    if not times.FIRST_YEAR <= moment.year < times.LAST_YEAR:
        raise ValueError("year out of range")
    if stamp.endswith("Z"):
        moment = moment.replace(tzinfo=timezone.utc).astimezone(times.zone(zone_name))
    return moment.replace(tzinfo=None)


def days_of_month(year, month, rule, first):
    """The days of a month that a MONTHLY or YEARLY rule names."""
    length = gregorian.monthrange(year, month)[1]
    found = set()
    for number in rule["month_days"]:
        day = number if number > 0 else length + 1 + number
        if 1 <= day <= length:
            found.add(day)
    for ordinal, name in rule["days"]:
        weekday = DAYS.index(name)
        same = [d for d in range(1, length + 1) if date(year, month, d).weekday() == weekday]
        if ordinal is None:
            found.update(same)
        elif int(ordinal) and abs(int(ordinal)) <= len(same):
            found.add(same[int(ordinal) - (int(ordinal) > 0)])
    if not rule["month_days"] and not rule["days"] and first.day <= length:
        found.add(first.day)
    return [date(year, month, day) for day in sorted(found)]


def periods(rule, first):
    """Lists of candidate dates, period by period."""
    step = 0
    while first.year + step // FREQUENCIES[rule["freq"]] < times.LAST_YEAR - 1:
        if rule["freq"] == "DAILY":
            yield [first + timedelta(days=step)]
        elif rule["freq"] == "WEEKLY":
            monday = first - timedelta(days=first.weekday()) + timedelta(weeks=step)
            named = [DAYS.index(d) for _, d in rule["days"]] or [first.weekday()]
            yield [monday + timedelta(days=d) for d in sorted(named)]
        elif rule["freq"] == "MONTHLY":
            months = first.year * 12 + first.month - 1 + step
            yield days_of_month(months // 12, months % 12 + 1, rule, first)
        else:
            yield [day for month in rule["months"] or [first.month]
                   for day in days_of_month(first.year + step, month, rule, first)]
        step += rule["interval"]


def dates_of(rule, first, last, until):
    """The dates of a rule from `first` on, none after `last`.

    The first day counts as an occurrence even if it does not fit the rule.
    """
    number = 0
    for looked, candidates in enumerate(periods(rule, first)):
        if looked > MOST or (candidates and candidates[0] > last):
            return
        for day in candidates:
            fits = ((not rule["months"] or day.month in rule["months"])
                    and (rule["freq"] != "DAILY" or not rule["days"]
                         or DAYS[day.weekday()] in [d for _, d in rule["days"]]))
            if day < first or not fits:
                continue
            if day > last or (until and day > until) or number == rule["count"]:
                return
            if number == 0 and day != first:
                number = 1
                if number == rule["count"]:
                    return
            number += 1
            yield day


def occurrences(data, calendar_zone, low, high):
    """(start, end) in inner form of the occurrences that touch low..high."""
    timed = "instant" in data["start"]
    name = (data["start"].get("timeZone") if timed else None) or calendar_zone
    begin = times.instant_of(data["start"], calendar_zone)
    length = times.instant_of(data["end"], calendar_zone) - begin
    local = datetime.fromtimestamp(begin, times.zone(name)).replace(tzinfo=None)
    last = datetime.fromtimestamp(min(high, times.LAST_INSTANT), timezone.utc).date() + timedelta(days=1)
    rules, extra, without = parse(data["recurrence"])
    moments = {local} | {read_stamp(stamp, tz or name) for tz, stamp in extra}
    for rule in rules:
        until = read_stamp(rule["until"], name) if rule["until"] else None
        moments.update(datetime.combine(day, local.time())
                       for day in dates_of(rule, local.date(), last, until and until.date())
                       if until is None or len(rule["until"]) == 8
                       or datetime.combine(day, local.time()) <= until)
    moments -= {read_stamp(stamp, tz or name) for tz, stamp in without}
    for moment in sorted(moments):
        start = int(moment.replace(tzinfo=times.zone(name)).timestamp())
        if start >= high or start + length <= low:
            continue
        if timed:
            zone = data["start"].get("timeZone")
            yield ({"instant": start, "timeZone": zone},
                   {"instant": start + length, "timeZone": data["end"].get("timeZone")})
        else:
            days = (times.parse_date(data["end"]["date"])
                    - times.parse_date(data["start"]["date"]))
            yield ({"date": moment.date().isoformat()},
                   {"date": (moment.date() + days).isoformat()})


def instance_id(series_id, start):
    """<series>_YYYYMMDDTHHMMSSZ; without the time for all-day series."""
    if "date" in start:
        return "%s_%s" % (series_id, start["date"].replace("-", ""))
    moment = datetime.fromtimestamp(start["instant"], timezone.utc)
    return "%s_%s" % (series_id, moment.strftime("%Y%m%dT%H%M%SZ"))


def instances(calendar, series, low, high):
    """(instance id, start, end) of a series, without its exceptions."""
    for start, end in occurrences(series.data, calendar.time_zone, low, high):
        name = instance_id(series.id, start)
        if name not in calendar.events:
            yield name, start, end


def exception(event_id, series, start, end):
    """An occurrence as an event of its own."""
    event = copy.copy(series)
    event.id = event_id
    event.data = {k: v for k, v in series.data.items() if k != "recurrence"}
    event.data.update(start=start, end=end, recurringEventId=series.id,
                      originalStartTime=start)
    return event


def find_instance(calendar, event_id):
    """(series, start, end) of an instance id that is not an exception yet."""
    series_id, _, stamp = event_id.rpartition("_")
    series = calendar.events.get(series_id)
    if series is None or series.cancelled or not series.data.get("recurrence") \
            or not STAMP.fullmatch(stamp):
        return None
    try:
        around = int(read_stamp(stamp, "UTC").replace(tzinfo=timezone.utc).timestamp())
    except ValueError:
        return None
    for name, start, end in instances(calendar, series, around - 2 * 86400, around + 2 * 86400):
        if name == event_id:
            return series, start, end
    return None
