"""Self-tests: events, ids, changes, Meet links, mails."""

from selftest_client import EVENTS, NOTIFY, QUIET, TestCase, event_body, meet

ID = "tt6f1c2a0e9b7d4c33a1"
GUEST = {"email": "guest@example.org"}


class Ids(TestCase):
    def test_insert_is_200_and_duplicate_409(self):
        event = self.check(self.insert(ID), 200).json
        self.assertEqual(event["iCalUID"], ID + "@google.com")
        self.assertEqual((event["status"], event["sequence"]), ("confirmed", 0))
        self.check(self.insert(ID), 409, "duplicate")
        self.assertEqual(self.rules(), [])

    def test_id_rules(self):
        for bad in ("abcd", "ABCDE", "abcde-f", "abcdew", "abc_de", "a" * 1025, "abcde\u0661"):
            self.check(self.insert(bad), 400, "invalid")
        self.check(self.insert("v" * 1024), 200)
        self.assertEqual(set(self.rules()), {"refused: invalid"})

    def test_server_picks_26_characters(self):
        self.assertRegex(self.insert().json["id"], "^[0-9a-v]{26}$")

    def test_tombstone(self):
        self.insert(ID)
        self.check(self.one("DELETE", ID), 204)
        self.check(self.one("DELETE", ID), 410, "deleted")
        self.assertEqual(self.one("GET", ID).json["status"], "cancelled")
        self.check(self.insert(ID), 409, "duplicate")
        restored = self.one("PATCH", ID, {"status": "confirmed"})
        self.assertEqual(restored.json["status"], "confirmed")

    def test_tombstone_vanishes(self):
        self.insert(ID)
        self.one("DELETE", ID)
        self.settings(tombstones_vanish=True)
        self.check(self.one("GET", ID), 404, "notFound")
        self.check(self.insert(ID), 409)

    def test_patch_of_tombstone(self):
        self.insert(ID)
        self.one("DELETE", ID)
        self.assertEqual(self.one("PATCH", ID, {"summary": "x"}).json["status"], "cancelled")
        self.settings(tombstone_patch="forbidden")
        self.check(self.one("PATCH", ID, {"summary": "x"}), 403, "forbidden")

    def test_unknown_is_404(self):
        for method in ("GET", "DELETE"):
            self.check(self.one(method, ID), 404, "notFound")
        self.check(self.one("PATCH", ID, {"summary": "x"}), 404)
        self.check(self.api("GET", "calendars/other@example.com/events/" + ID), 404)


class Changes(TestCase):
    def test_patch_merges(self):
        first = self.insert(ID, description="d", attendees=[{**GUEST, "responseStatus": "accepted"}],
                            extendedProperties={"private": {"a": "1", "b": "2"}}).json
        second = self.one("PATCH", ID, {
            "description": None, "attendees": [{"email": "New@example.org"}],
            "extendedProperties": {"private": {"b": None, "c": "3"}}}).json
        self.assertNotIn("description", second)
        self.assertEqual(second["summary"], "Intro")
        self.assertEqual([(g["email"], g["responseStatus"]) for g in second["attendees"]],
                         [("new@example.org", "needsAction")])
        self.assertEqual(second["extendedProperties"], {"private": {"a": "1", "c": "3"}})
        self.assertNotEqual(first["etag"], second["etag"])
        self.assertEqual(second["sequence"], 0)

    def test_sequence_grows_with_time(self):
        self.insert(ID)
        moved = self.one("PATCH", ID, {"start": {"dateTime": "2036-12-01T16:00:00Z"},
                                       "end": {"dateTime": "2036-12-01T16:30:00Z"}}).json
        self.assertEqual(moved["sequence"], 1)
        self.check(self.one("PUT", ID, event_body()), 400, "invalid")
        replaced = self.check(self.one("PUT", ID, event_body(sequence=1)), 200).json
        self.assertEqual(replaced["sequence"], 2)

    def test_put_resets(self):
        self.insert(ID, description="d")
        self.assertNotIn("description", self.one("PUT", ID, event_body(sequence=0)).json)

    def test_all_day_needs_nulls(self):
        self.insert(ID)
        day = {"start": {"date": "2036-12-01"}, "end": {"date": "2036-12-02"}}
        self.check(self.one("PATCH", ID, day), 400)
        for part in day.values():
            part.update(dateTime=None, timeZone=None)
        self.assertEqual(self.one("PATCH", ID, day).json["start"], {"date": "2036-12-01"})

    def test_conditions(self):
        old = self.insert(ID).json["etag"]
        new = self.one("PATCH", ID, {"summary": "x"}, headers={"If-Match": old}).json["etag"]
        for method, body in (("PATCH", {"summary": "y"}), ("DELETE", None)):
            self.check(self.one(method, ID, body, headers={"If-Match": old}),
                       412, "conditionNotMet")
        same = self.one("GET", ID, headers={"If-None-Match": new})
        self.assertEqual((same.status, same.body), (304, b""))
        self.check(self.one("GET", ID, headers={"If-None-Match": old}), 200)
        self.check(self.one("DELETE", ID, headers={"If-Match": new}), 204)

    def test_reminders(self):
        event = self.insert(ID).json
        quiet = self.one("PATCH", ID, {"reminders": {"useDefault": False, "overrides": [
            {"method": "popup", "minutes": 99999}]}}, QUIET).json
        self.assertEqual(quiet["reminders"]["overrides"][0]["minutes"], 40320)
        self.assertEqual(quiet["updated"], event["updated"])
        self.assertNotEqual(quiet["etag"], event["etag"])
        one = {"method": "popup", "minutes": 5}
        self.check(self.insert(reminders={"useDefault": True, "overrides": [one]}), 400,
                   "cannotUseDefaultRemindersAndSpecifyOverride")
        self.check(self.insert(reminders={"useDefault": False, "overrides": [one] * 6}), 400,
                   "eventRemindersCountExceedsLimit")

    def test_move(self):
        self.control("POST", "calendars", {"id": "second"})
        self.insert(ID)
        self.check(self.api("POST", EVENTS + "/" + ID + "/move", None,
                            {"destination": "second", "sendUpdates": "none"}), 200)
        self.assertEqual(self.one("GET", ID).json["status"], "cancelled")
        self.check(self.api("GET", "calendars/second/events/" + ID), 200)

    def test_import(self):
        body = {**event_body(iCalUID="a@b"), "organizer": {"email": "boss@example.org"}}
        event = self.check(self.api("POST", EVENTS + "/import", body), 200).json
        self.assertEqual(event["organizer"]["email"], "boss@example.org")
        again = self.check(self.api("POST", EVENTS + "/import", body), 200).json
        self.assertEqual(again["id"], event["id"])


class Meet(TestCase):
    def link(self, event):
        return [p["uri"] for p in event["conferenceData"]["entryPoints"]
                if p["entryPointType"] == "video"][0]

    def test_ignored_at_version_0(self):
        event = self.insert(ID, {"sendUpdates": "all"}, conferenceData=meet("a")).json
        self.assertNotIn("hangoutLink", event)
        self.assertEqual(self.rules(), ["conferenceData ignored"])

    def test_immediate_and_kept(self):
        event = self.insert(ID, conferenceData=meet("a")).json
        link = self.link(event)
        self.assertEqual(event["hangoutLink"], link)
        self.assertNotEqual(event["conferenceData"]["entryPoints"][0]["entryPointType"], "video")
        moved = {"start": {"dateTime": "2036-12-01T14:00:00Z"}}
        self.assertEqual(self.link(self.one("PATCH", ID, moved).json), link)
        same = self.one("PATCH", ID, {"conferenceData": meet("a")}, QUIET).json
        self.assertEqual(self.link(same), link)
        other = self.one("PATCH", ID, {"conferenceData": meet("b")}, QUIET).json
        self.assertNotEqual(self.link(other), link)
        dropped = self.one("PUT", ID, event_body(sequence=1)).json
        self.assertNotIn("conferenceData", dropped)

    def test_removed_by_null(self):
        self.insert(ID, conferenceData=meet("a"))
        self.assertNotIn("hangoutLink", self.one("PATCH", ID, {"conferenceData": None}).json)

    def test_pending_for_n_reads(self):
        self.settings(meet={"mode": "pending", "reads": 2})
        first = self.insert(ID, conferenceData=meet("a")).json
        seen = [self.one("GET", ID).json for _ in range(3)]
        codes = [e["conferenceData"]["createRequest"]["status"]["statusCode"]
                 for e in [first] + seen]
        self.assertEqual(codes, ["pending", "pending", "pending", "success"])
        self.assertNotIn("entryPoints", seen[1]["conferenceData"])
        self.assertNotEqual(seen[2]["etag"], first["etag"])

    def test_failure(self):
        self.settings(meet={"mode": "pending", "reads": 0, "outcome": "failure"})
        self.insert(ID, conferenceData=meet("a"))
        data = self.one("GET", ID).json["conferenceData"]
        self.assertEqual(data["createRequest"]["status"]["statusCode"], "failure")
        self.assertNotIn("conferenceSolution", data)

    def test_disallowed(self):
        self.check(self.insert(conferenceData=meet("a", "eventHangout")), 400, "invalid")
        self.rules()
        self.settings(allow_meet=False)
        refused = self.check(self.insert(ID, conferenceData=meet("a")), 400, "invalid")
        self.assertEqual(refused.json["error"]["message"], "Invalid conference type value.")
        self.assertEqual(self.rules(), [])
        self.check(self.insert(ID), 200)


class Mails(TestCase):
    def kinds(self):
        return [(m["email"], m["kind"]) for m in self.control("GET", "mails")]

    def test_one_row_per_guest_and_kind(self):
        self.insert(ID, attendees=[GUEST])
        self.one("PATCH", ID, {"summary": "x"})
        self.one("PATCH", ID, {"attendees": [{"email": "b@example.org"}]})
        self.one("DELETE", ID)
        self.assertEqual(self.kinds(), [
            ("guest@example.org", "invite"), ("guest@example.org", "update"),
            ("b@example.org", "invite"), ("guest@example.org", "cancel"),
            ("b@example.org", "cancel")])

    def test_silence(self):
        self.insert(ID, QUIET, attendees=[GUEST])
        self.insert(attendees=[GUEST], start={"dateTime": "2001-01-01T10:00:00Z"},
                    end={"dateTime": "2001-01-01T11:00:00Z"})
        self.control("POST", "accounts", {"email": "insider@example.com"})
        self.insert(query={"sendUpdates": "externalOnly"},
                    attendees=[{"email": "insider@example.com"}])
        self.assertEqual(self.kinds(), [])

    def test_guest_quota(self):
        self.settings(guest_quota=1)
        self.check(self.insert(attendees=[GUEST]), 200)
        self.check(self.insert(ID, attendees=[GUEST]), 403, "quotaExceeded")
        self.check(self.one("GET", ID), 404)

    def test_violations_about_mail(self):
        self.check(self.insert(ID, {"conferenceDataVersion": 1}, attendees=[GUEST]), 200)
        self.assertEqual(self.kinds(), [])
        self.assertEqual(self.rules(), ["sendUpdates missing"])
        self.one("PATCH", ID, {"extendedProperties": {"private": {"r": "2"}}}, NOTIFY)
        self.assertEqual(self.rules(), ["mail about nothing"])
