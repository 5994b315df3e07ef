#!/usr/bin/env python3
"""Prints what the simulated Google Calendar of ./run demo holds.

    FAKE_GOOGLE=DIRECTORY python3 examples/calendar.py [--after-delete]

DIRECTORY is the one that the simulated calendar was started with; with
--after-delete it waits until the calendar was asked to delete an event.
"""

import datetime
import json
import os
import ssl
import sys
import urllib.request
import zoneinfo

PATIENCE = 10       # seconds


def get(directory, what):
    context = ssl.create_default_context(cafile=os.path.join(directory, "ca.pem"))
    with open(os.path.join(directory, "port"), encoding="ascii") as file:
        port = int(file.read())
    with urllib.request.urlopen("https://localhost:%d/control/%s" % (port, what),
                                context=context, timeout=2 * PATIENCE) as answer:
        return json.load(answer)


def live_events(directory):
    return [event for event in get(directory, "events") if event["status"] != "cancelled"]


def local_time(start):
    """The start in the event's own zone: answers have it in the calendar's."""
    zone = zoneinfo.ZoneInfo(start["timeZone"])
    instant = datetime.datetime.fromisoformat(start["dateTime"])
    return instant.astimezone(zone).strftime("%a %Y-%m-%d %H:%M ") + start["timeZone"]


def main():
    directory = os.environ["FAKE_GOOGLE"]
    if sys.argv[1:] == ["--after-delete"]:
        get(directory, "log?name=events.delete&count=1&wait=%d" % PATIENCE)
    events = live_events(directory)
    for event in events:
        print("event   ", event["id"])
        print("title   ", event["summary"])
        print("time    ", local_time(event["start"]))
        print("guests  ", ", ".join(guest["email"] for guest in event.get("attendees", [])))
        print("meet    ", event.get("hangoutLink", "none yet"))
        for line in event.get("description", "").splitlines():
            print("        |", line)
    violations = get(directory, "violations")
    print("events in the calendar: %d, requests that Google would refuse: %d"
          % (len(events), len(violations)))
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
