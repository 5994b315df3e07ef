"""Self-tests: times, free/busy, listing, series."""

from urllib.parse import quote

from selftest_client import EVENTS, QUIET, TestCase, event_body

ID = "tt6f1c2a0e9b7d4c33a1"


def span(start, end, **more):
    return {"start": {"dateTime": start, **more}, "end": {"dateTime": end, **more}}


class Times(TestCase):
    def test_rendered_in_the_zone_of_the_calendar(self):
        for day, hour in (("2036-01-15", "T10:00:00-05:00"), ("2036-07-15", "T11:00:00-04:00")):
            event = self.insert(**span(day + "T15:00:00Z", day + "T16:00:00Z")).json
            self.assertEqual(event["start"]["dateTime"], day + hour)
        shown = self.one("GET", event["id"], None, {"timeZone": "UTC"}).json
        self.assertEqual(shown["start"]["dateTime"], "2036-07-15T15:00:00Z")
        self.settings(time_zone="Asia/Kolkata")
        self.assertEqual(self.one("GET", event["id"]).json["start"]["dateTime"],
                         "2036-07-15T20:30:00+05:30")

    def test_series_over_daylight_saving(self):
        self.insert(ID, QUIET, recurrence=["RRULE:FREQ=WEEKLY;COUNT=3"],
                    **span("2027-03-07T09:00:00", "2027-03-07T10:00:00",
                           timeZone="America/New_York"))
        items = self.api("GET", EVENTS + "/" + ID + "/instances").json["items"]
        self.assertEqual([i["start"]["dateTime"] for i in items], [
            "2027-03-07T09:00:00-05:00", "2027-03-14T09:00:00-04:00",
            "2027-03-21T09:00:00-04:00"])
        self.assertEqual(items[1]["id"], ID + "_20270314T130000Z")

    def test_instance_becomes_exception(self):
        self.insert(ID, QUIET, recurrence=["RRULE:FREQ=DAILY;COUNT=3", "EXDATE:20361202T150000Z"],
                    **span("2036-12-01T15:00:00Z", "2036-12-01T16:00:00Z", timeZone="UTC"))
        instance = ID + "_20361203T150000Z"
        self.check(self.one("GET", ID + "_20361202T150000Z"), 404)
        self.check(self.one("PATCH", instance, {"summary": "other"}, QUIET), 200)
        items = self.api("GET", EVENTS, None, {"singleEvents": "true"}).json["items"]
        self.assertEqual(sorted((i["id"][-16:-8], i["summary"]) for i in items),
                         [("20361201", "Intro"), ("20361203", "other")])
        self.check(self.one("DELETE", instance), 204)
        self.assertEqual(len(self.api("GET", EVENTS, None, {"singleEvents": "true"})
                             .json["items"]), 1)

    def test_rules(self):
        for rule, days in (("FREQ=MONTHLY;BYDAY=-1FR;COUNT=3", ["2036-12-26", "2037-01-30"]),
                           ("FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20361208T000000Z",
                            ["2036-12-01", "2036-12-03"]),
                           ("FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3", ["2036-12-31", "2037-01-31"]),
                           ("FREQ=YEARLY;INTERVAL=2;COUNT=2", ["2036-12-01", "2038-12-01"])):
            made = self.insert(None, QUIET, recurrence=["RRULE:" + rule],
                               start={"date": "2036-12-01"}, end={"date": "2036-12-02"}).json
            items = self.api("GET", EVENTS + "/" + made["id"] + "/instances").json["items"]
            found = [i["start"]["date"] for i in items]
            self.assertEqual(found, ["2036-12-01"] * ("2036-12-01" not in days) + days, rule)


class FreeBusy(TestCase):
    def ask(self, start="2036-12-01T00:00:00Z", end="2036-12-02T00:00:00Z", items=("primary",)):
        return self.api("POST", "freeBusy", {"timeMin": start, "timeMax": end,
                                             "items": [{"id": i} for i in items]})

    def test_merged_and_clipped(self):
        for start, end in (("09", "10"), ("10", "11"), ("10", "12"), ("15", "16")):
            self.insert(**span("2036-12-01T%s:00:00Z" % start, "2036-12-01T%s:00:00Z" % end))
        self.insert(**span("2036-12-01T23:00:00Z", "2036-12-02T03:00:00Z"))
        self.insert(transparency="transparent",
                    **span("2036-12-01T18:00:00Z", "2036-12-01T19:00:00Z"))
        self.insert(attendees=[{"email": "host@example.com", "responseStatus": "declined"}],
                    **span("2036-12-01T19:00:00Z", "2036-12-01T20:00:00Z"))
        self.insert(ID, **span("2036-12-01T20:00:00Z", "2036-12-01T21:00:00Z"))
        self.one("DELETE", ID)
        busy = self.ask().json["calendars"]["primary"]["busy"]
        self.assertEqual([(b["start"][11:16], b["end"][11:16]) for b in busy],
                         [("09:00", "12:00"), ("15:00", "16:00"), ("23:00", "00:00")])

    def test_all_day_in_the_calendars_zone(self):
        self.insert(start={"date": "2036-12-01"}, end={"date": "2036-12-02"})
        busy = self.ask("2036-12-01T00:00:00Z", "2036-12-03T00:00:00Z")
        self.assertEqual(busy.json["calendars"]["primary"]["busy"],
                         [{"start": "2036-12-01T05:00:00Z", "end": "2036-12-02T05:00:00Z"}])

    def test_errors(self):
        calendars = self.ask(items=("primary", "no@example.com")).json["calendars"]
        self.assertEqual(calendars["no@example.com"]["errors"][0]["reason"], "notFound")
        self.assertNotIn("errors", calendars["primary"])
        self.check(self.ask(end="2038-01-01T00:00:00Z"), 400, "timeRangeTooLong")
        self.check(self.ask(end="2036-12-01T00:00:00Z"), 400, "timeRangeEmpty")
        self.check(self.ask(start="2036-12-01"), 400)
        self.settings(freebusy_errors={"primary": "internalError"})
        self.assertEqual(self.ask().json["calendars"]["primary"]["errors"][0]["reason"],
                         "internalError")


class Listing(TestCase):
    def collect(self, **query):
        """(items, pages, the last page) following nextPageToken."""
        items, pages = [], 0
        while True:
            reply = self.check(self.api("GET", EVENTS, None, query), 200).json
            items, pages = items + reply["items"], pages + 1
            if "nextPageToken" not in reply:
                return items, pages, reply
            self.assertNotIn("nextSyncToken", reply)
            query["pageToken"] = reply["nextPageToken"]

    def test_pages_and_sync(self):
        self.settings(list_page_size=2, list_empty_pages=True)
        for number in range(5):
            self.insert("event%d" % number)
        items, pages, last = self.collect(singleEvents="true")
        self.assertEqual((len(items), pages), (5, 6))
        token = last["nextSyncToken"]
        self.one("DELETE", "event1")
        self.one("PATCH", "event2", {"summary": "new"})
        items, _, last = self.collect(singleEvents="true", syncToken=token)
        self.assertEqual(set(items[0]), {"kind", "etag", "id", "status"})
        self.assertEqual((items[0]["id"], items[1]["summary"]), ("event1", "new"))
        self.assertEqual(self.collect(singleEvents="true",
                                      syncToken=last["nextSyncToken"])[0], [])
        self.check(self.api("GET", EVENTS, None, {"syncToken": token, "singleEvents": "true",
                                                  "timeMin": "2036-12-01T00:00:00Z"}), 400)
        self.settings(expire_sync_tokens=True)
        self.check(self.api("GET", EVENTS, None, {"syncToken": token, "singleEvents": "true"}),
                   410, "fullSyncRequired")

    def test_filters(self):
        self.insert(ID, extendedProperties={"private": {"a": "1"}})
        self.insert("other")
        for query, wanted in (({"privateExtendedProperty": "a=1"}, [ID]),
                              ({"timeMin": "2036-12-01T15:30:00Z"}, []),
                              ({"timeMax": "2036-12-01T15:00:00Z"}, []),
                              ({"timeMin": "2036-12-01T15:29:59Z", "q": "intro"}, [ID, "other"])):
            self.assertEqual([i["id"] for i in self.collect(**query)[0]], wanted)
        self.check(self.api("GET", EVENTS, None, {"orderBy": "startTime"}), 400)
        self.check(self.api("GET", EVENTS, None, {"updatedMin": "2001-01-01T00:00:00Z"}), 410,
                   "updatedMinTooLongAgo")

    def test_calendars(self):
        self.control("POST", "accounts", {"email": "a@example.com", "refresh_token": "1//0a",
                                          "scopes": "calendar"})
        self.control("POST", "calendars", {"id": "hol#day@group.v.calendar.google.com",
                                           "roles": {"*": "reader"}})
        token = self.client.refresh("1//0a").json["access_token"]
        listed = self.api("GET", "users/me/calendarList", token=token).json["items"]
        self.assertEqual([(c["id"][:3], c["accessRole"]) for c in listed],
                         [("a@e", "owner"), ("hol", "reader")])
        path = "calendars/" + quote("hol#day@group.v.calendar.google.com")
        self.assertEqual(self.check(self.api("GET", path, token=token), 200).json["conferenceProperties"],
                         {"allowedConferenceSolutionTypes": ["hangoutsMeet"]})
        self.check(self.api("GET", "colors", token=token), 200)

    def test_channels(self):
        body = {"id": "c1", "type": "web_hook", "address": "https://app.example/hook"}
        channel = self.check(self.api("POST", EVENTS + "/watch", body), 200).json
        self.check(self.api("POST", EVENTS + "/watch", body), 400, "channelIdNotUnique")
        stop = {"id": "c1", "resourceId": channel["resourceId"]}
        self.check(self.api("POST", "channels/stop", stop), 204)
        self.check(self.api("POST", "channels/stop", stop), 404)

    def test_people(self):
        self.insert(ID, attendees=[{"email": "g@example.org"}])
        old = self.one("GET", ID).json["etag"]
        self.control("POST", "human", {"op": "move", "event": ID,
                                       "start": "2036-12-01T17:00:00Z",
                                       "end": "2036-12-01T17:30:00Z"})
        self.control("POST", "human", {"op": "respond", "event": ID, "email": "g@example.org",
                                       "responseStatus": "accepted"})
        event = self.one("GET", ID).json
        self.assertNotEqual(event["etag"], old)
        self.assertEqual(event["start"]["dateTime"], "2036-12-01T12:00:00-05:00")
        self.assertEqual(event["attendees"][0]["responseStatus"], "accepted")
        self.control("POST", "human", {"op": "delete", "event": ID})
        self.insert("gone0")
        self.control("POST", "human", {"op": "purge", "event": "gone0"})
        self.check(self.one("DELETE", "gone0"), 404)
        made = self.control("POST", "human", {"op": "insert", "body": event_body()})
        states = {e["id"]: e["tombstone"] for e in self.control("GET", "events")}
        self.assertEqual(states, {ID: True, made["id"]: False})
