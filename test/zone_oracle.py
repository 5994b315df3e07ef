"""Slots around clock changes, worked out a second time, with Python's zones.

Reads what test/t/030_zones.pl has the server write, one tab-separated line a
fact, and prints how many it looked at and which of them it disagrees with:

  span    FROM UNTIL                        the clock changes below are all there are in it
  rule    SCHEDULE WEEKDAY STARTS ENDS      weekly windows, as every host has them
  change  ZONE AT OFFSET                    the server's clock changes
  slots   ZONE SCHEDULE FROM UNTIL STARTS LOCALS

Instants are seconds since 1970, offsets and LOCALS (what the local clock is
ahead of UTC, for each of STARTS) are seconds too, lists are written {1,2,3}.
A zone whose clock changes Python sees elsewhere is skipped, for the two read
different releases of the same data.

Nothing here is taken from the engine.  A window's border is a clock time of a
date; Python's "fold" tells the two instants of a clock time that happens twice,
and the two readings of one that is skipped.
"""

import collections
import datetime
import sys
import zoneinfo

MINUTE = 60
DAY = 86400
STEP = 30 * MINUTE
EPOCH = datetime.date(1970, 1, 1)


class Zone:
    """A zone's offsets and clock times, by Python's reading of its rules."""

    def __init__(self, name):
        self.rules = zoneinfo.ZoneInfo(name)
        self.windows = {}

    def offset(self, instant):
        local = datetime.datetime.fromtimestamp(instant, self.rules)
        return int(local.utcoffset().total_seconds())

    def readings(self, date, seconds):
        """The instants of a clock time, read with the offset before and the one after a change."""
        local = datetime.datetime.combine(date, datetime.time()) + datetime.timedelta(seconds=seconds)
        return [int(local.replace(fold=fold, tzinfo=self.rules).timestamp()) for fold in (0, 1)]

    def start(self, date, seconds):
        """The first of two; a skipped one is read with the offset before, that is, later by the gap."""
        return self.readings(date, seconds)[0]

    def end(self, date, seconds):
        """The second of two; of the readings of a skipped one, again the later."""
        if seconds == DAY:
            return self.end_of_date(date)
        return max(self.readings(date, seconds))

    def end_of_date(self, date):
        """Where the last minute ends that the clock shows of a date."""
        following = date + datetime.timedelta(days=1)
        around = self.readings(following, 0)[0]
        first, last = around - 4 * 3600, around + 4 * 3600
        if self.offset(first) == self.offset(last):
            return around
        return max(at + MINUTE for at in range(first, last, MINUTE)
                   if datetime.datetime.fromtimestamp(at, self.rules).date() <= date)

    def changes(self, span):
        """The clock changes in a span, found by halving the days that have one."""
        found = []
        for day in range(span[0], span[1], DAY):
            before, after = day, day + DAY
            if self.offset(before) == self.offset(after):
                continue
            while after - before > 1:
                middle = (before + after) // 2
                if self.offset(middle) == self.offset(day):
                    before = middle
                else:
                    after = middle
            found.append((after, self.offset(after)))
        return found

    def windows_of(self, date, schedule, rules):
        """The windows that belong to a date, as instants."""
        key = (date, schedule)
        if key not in self.windows:
            weekday = date.isoweekday() % 7
            self.windows[key] = [
                (self.start(date, starts), self.end(date, ends if ends > starts else ends + DAY))
                for day, starts, ends in rules if day == weekday]
        return self.windows[key]

    def slots(self, schedule, rules, since, until):
        """The starts in [since, until) of windows that are merged where they touch."""
        first = EPOCH + datetime.timedelta(days=since // DAY - 3)
        windows = sorted(
            window for day in range((until - since) // DAY + 7)
            for window in self.windows_of(first + datetime.timedelta(days=day), schedule, rules)
            if window[0] < window[1])
        merged = []
        for opens, closes in windows:
            if merged and opens <= merged[-1][1]:
                merged[-1][1] = max(merged[-1][1], closes)
            else:
                merged.append([opens, closes])
        return [at for opens, closes in merged for at in range(opens, closes - STEP + 1, STEP)
                if since <= at < until]


def read_list(text):
    return [int(number) for number in text.strip('{}').split(',') if number]


def read_clock(text):
    hours, minutes, seconds = text.split(':')
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds)


def read_facts(lines):
    """The server's lines by their kind; schedules and changes by their names."""
    span, schedules, changes, slots = None, collections.defaultdict(list), collections.defaultdict(list), []
    for line in lines:
        kind, *fields = line.rstrip('\n').split('\t')
        if kind == 'span':
            span = tuple(map(int, fields))
        elif kind == 'rule':
            schedules[fields[0]].append((int(fields[1]), read_clock(fields[2]), read_clock(fields[3])))
        elif kind == 'change':
            changes[fields[0]].append((int(fields[1]), int(fields[2])))
        elif kind == 'slots':
            slots.append((fields[0], fields[1], int(fields[2]), int(fields[3]),
                          read_list(fields[4]), read_list(fields[5])))
    return span, schedules, changes, slots


def zones_alike(names, span, changes):
    """The zones that Python has with the same clock changes, by their names."""
    zones = {}
    for name in names:
        try:
            zone = Zone(name)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError):
            continue
        if zone.changes(span) == changes[name]:
            zones[name] = zone
    return zones


def clock(zone, instants):
    return [datetime.datetime.fromtimestamp(at, zone.rules).strftime('%a %d %H:%M%z') for at in sorted(instants)]


def main():
    span, schedules, changes, slots = read_facts(sys.stdin)
    names = sorted({name for name, *_ in slots})
    zones = zones_alike(names, span, changes)
    compared = wrong = looked_at = 0
    for name, schedule, since, until, starts, locals_ in slots:
        if name not in zones:
            continue
        zone = zones[name]
        expected = zone.slots(schedule, schedules[schedule], since, until)
        compared += 1
        looked_at += len(expected)
        if starts != expected:
            print('wrong', name, schedule, f'from {since}: only the server has',
                  clock(zone, set(starts) - set(expected)), 'only Python has', clock(zone, set(expected) - set(starts)),
                  sep='\t')
        elif locals_ != [zone.offset(at) for at in starts]:
            print('wrong', name, schedule, f'from {since}: local times', sep='\t')
        else:
            continue
        wrong += 1
    print('skipped', *(name for name in names if name not in zones), sep='\t')
    print('count', len(zones), sum(len(changes[name]) for name in zones), compared, looked_at, wrong, sep='\t')


main()
