"""Self-tests: what is refused or counted as a violation; credentials."""

import base64
import hashlib
import json
import os
import subprocess
import tempfile
import time
from urllib.parse import parse_qs, urlencode, urlsplit

from selftest_client import CLIENT, EVENTS, NOTIFY, TestCase, event_body

FREE_BUSY = {"timeMin": "2036-12-01T00:00:00Z", "timeMax": "2036-12-02T00:00:00Z",
             "items": [{"id": "primary"}]}


class Bodies(TestCase):
    def refused(self, reason, **changes):
        self.check(self.insert(**changes), 400, reason)

    def test_times(self):
        naked = {"dateTime": "2036-12-01T15:00:00"}
        self.refused("required", start=naked)
        self.refused("required", end=None)
        self.refused("badRequest", start={"dateTime": "2036-12-01 15:00:00+00"})
        self.refused("badRequest", start={"dateTime": "2036-02-30T15:00:00Z"})
        self.refused("invalid", start={"dateTime": "2036-12-01T15:00:00Z", "timeZone": "EST5:00"})
        self.refused("timeRangeEmpty", end={"dateTime": "2036-12-01T14:00:00Z"})
        self.refused("invalid", start={"date": "2036-12-01"})
        good = self.insert(start={**naked, "timeZone": "Europe/Berlin"},
                           end={"dateTime": "2036-12-01T16:00:00+01:00"})
        self.assertEqual(self.check(good, 200).json["start"]["dateTime"],
                         "2036-12-01T09:00:00-05:00")

    def test_guests_and_types(self):
        self.refused("required", attendees=[{"displayName": "x"}])
        self.refused("invalid", attendees=[{"email": "no address"}])
        self.refused("invalid", summary=5)
        self.refused("invalid", transparency="glass")
        self.refused("invalid", summary="a\0b")
        self.refused("invalid", recurrence=["RRULE:FREQ=SOMETIMES"],
                     start={"dateTime": "2036-12-01T15:00:00Z", "timeZone": "UTC"},
                     end={"dateTime": "2036-12-01T16:00:00Z", "timeZone": "UTC"})

    def test_dropped_silently(self):
        event = self.check(self.insert(
            attachments=[{"fileUrl": "https://x"}], hangoutLink="x", nonsense=1,
            extendedProperties={"private": {"k" * 45: "v", "a": "v" * 1025}}), 200).json
        self.assertEqual(event["extendedProperties"], {"private": {"a": "v" * 1024}})
        self.assertFalse({"attachments", "hangoutLink", "nonsense"} & set(event))
        self.assertEqual(set(self.rules()), {
            "attachments dropped", "read-only field in body", "unknown field in body",
            "property name too long", "property value too long"})

    def test_content_type_and_json(self):
        body = json.dumps(event_body())
        for kind, reason in (("text/plain", "badContent"), ("application/json", None)):
            reply = self.client.send("POST", "/calendar/v3/%s?sendUpdates=all" % EVENTS, body, {
                "Authorization": "Bearer " + self.client.token, "Content-Type": kind})
            self.check(reply, 400 if reason else 200, reason)
        for bad in ("{", "[]", "{\"summary\": NaN}", "\"x\"", "{\"a\":" * 100000, b"{\"a\":\"\xff\"}"):
            reply = self.client.send("POST", "/calendar/v3/" + EVENTS, bad, {
                "Authorization": "Bearer " + self.client.token,
                "Content-Type": "application/json"})
            self.check(reply, 400, "parseError")

    def test_query(self):
        for query in ({"sendUpdates": "some"}, {"conferenceDataVersion": 2},
                      {"maxAttendees": 0}, {"supportsAttachments": "yes"}):
            self.check(self.api("POST", EVENTS, event_body(), query), 400, "invalidParameter")
        raw = "/calendar/v3/%s?timeMin=2036-12-01T00:00:00" % EVENTS
        headers = {"Authorization": "Bearer " + self.client.token, "User-Agent": "t"}
        self.rules()
        self.check(self.client.send("GET", raw + "+01:00", None, headers), 400)
        self.assertIn("raw plus in query", self.rules())
        self.check(self.client.send("GET", raw + "%2B01:00", None, headers), 200)
        self.check(self.client.send("GET", raw, None, headers), 400)
        self.check(self.api("GET", EVENTS, None, {"colour": "red"}), 200)
        self.assertIn("unknown query parameter", self.rules())

    def test_unknown_path(self):
        self.assertEqual(self.api("GET", "nonsense").status, 404)
        self.assertEqual(self.api("DELETE", EVENTS).status, 405)
        self.assertEqual(self.rules(), ["no such method"] * 2)

    def test_fields(self):
        self.insert("abcde")
        reply = self.one("GET", "abcde", None, {"fields": "id,start/dateTime"})
        self.assertEqual(set(reply.json), {"id", "start"})
        self.assertEqual(set(reply.json["start"]), {"dateTime"})


class Access(TestCase):
    def test_missing_unknown_expired(self):
        reply = self.client.send("GET", "/calendar/v3/" + EVENTS)
        self.assertEqual(self.check(reply, 401, "required").json["error"]["status"],
                         "UNAUTHENTICATED")
        self.check(self.api("GET", EVENTS, token="nonsense"), 401, "authError")
        self.control("POST", "expire_tokens", {})
        reply = self.check(self.api("GET", EVENTS), 401, "authError")
        self.assertEqual(reply.json["error"]["status"], "UNAUTHENTICATED")
        self.settings(token_lifetime=0)
        self.check(self.api("GET", EVENTS, token=self.client.refresh().json["access_token"]), 401)

    def test_token_in_query(self):
        self.client.send("GET", "/calendar/v3/%s?access_token=%s" % (EVENTS, self.client.token))
        log = json.dumps(self.control("GET", "log"))
        self.assertNotIn(self.client.token, log)
        self.assertIn("no access token", self.rules())

    def test_scopes(self):
        self.check(self.api("POST", "freeBusy", FREE_BUSY), 200)
        self.control("POST", "accounts", {"email": "a@example.com", "refresh_token": "1//0a",
                                          "scopes": "calendar.events"})
        token = self.client.refresh("1//0a").json["access_token"]
        reply = self.check(self.api("POST", "freeBusy", FREE_BUSY, token=token), 403,
                           "insufficientPermissions")
        self.assertEqual(reply.json["error"]["details"][0]["reason"],
                         "ACCESS_TOKEN_SCOPE_INSUFFICIENT")
        self.check(self.api("GET", "calendars/primary", token=token), 403)

    def test_roles(self):
        self.control("POST", "calendars", {"id": "boss@example.com", "account": "boss@example.com",
                                           "roles": {"host@example.com": "reader"}})
        path = "calendars/boss%40example.com/events"
        self.check(self.api("GET", path), 200)
        self.check(self.api("POST", path, event_body(), NOTIFY), 403, "requiredAccessLevel")

    def test_quota(self):
        self.settings(quota={"per_minute": 2, "status": 429, "retry_after": 7})
        self.api("GET", EVENTS)
        self.api("GET", EVENTS)
        reply = self.check(self.api("GET", EVENTS), 429, "rateLimitExceeded")
        self.assertEqual(reply.headers["Retry-After"], "7")
        self.settings(quota={"status": 403, "retry_after": None})
        reply = self.check(self.api("GET", EVENTS), 403, "userRateLimitExceeded")
        self.assertIsNone(reply.headers["Retry-After"])


class Tokens(TestCase):
    def error(self, reply, status, name):
        self.assertEqual((reply.status, reply.json["error"]), (status, name))

    def test_refresh(self):
        reply = self.client.refresh()
        self.assertEqual(reply.json["expires_in"], 3599)
        self.assertNotIn("refresh_token", reply.json)
        counted = self.control("GET", "tokens")[0]
        self.assertEqual((counted["refreshes"], counted["early_refreshes"]), (2, 1))

    def test_errors(self):
        refresh = self.client.refresh
        self.error(refresh("1//0unknown"), 400, "invalid_grant")
        self.error(refresh(client_id="who"), 401, "invalid_client")
        self.error(refresh(client_secret="wrong"), 401, "invalid_client")
        self.error(refresh(""), 400, "invalid_request")
        self.error(refresh(grant_type="password"), 400, "unsupported_grant_type")
        reply = self.client.send("POST", "/token", json.dumps(CLIENT),
                                 {"Content-Type": "application/json"})
        self.error(reply, 400, "invalid_request")
        self.control("POST", "revoke", {})
        self.error(refresh(), 400, "invalid_grant")
        self.check(self.api("GET", EVENTS), 401, "authError")
        self.control("POST", "restore", {})
        self.assertEqual(refresh().status, 200)

    def test_rotation_and_automatic_accounts(self):
        self.settings(rotate_refresh_tokens=True)
        new = self.client.refresh("1//0auto-anna").json["refresh_token"]
        self.error(self.client.refresh("1//0gone"), 400, "invalid_grant")
        self.assertEqual(self.client.refresh(new).status, 200)
        self.error(self.client.refresh(new), 400, "invalid_grant")
        self.assertIn("anna@example.com", [t["email"] for t in self.control("GET", "tokens")])

    def test_revoke(self):
        self.assertEqual(self.client.form("/revoke", token="1//0test-refresh-token").status, 200)
        self.error(self.client.form("/revoke", token="1//0test-refresh-token"), 400, "invalid_token")
        self.error(self.client.refresh(), 400, "invalid_grant")

    def test_consent_with_pkce(self):
        verifier = "v" * 43
        challenge = base64.urlsafe_b64encode(
            hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        page = self.client.send("GET", "/o/oauth2/v2/auth?" + urlencode({
            "client_id": CLIENT["client_id"], "redirect_uri": "https://app.example/back",
            "response_type": "code", "scope": "https://www.googleapis.com/auth/calendar.events",
            "state": "s", "access_type": "offline", "login_hint": "new@example.com",
            "code_challenge": challenge, "code_challenge_method": "S256"}))
        back = parse_qs(urlsplit(page.headers["Location"]).query)
        fields = {**CLIENT, "grant_type": "authorization_code", "code": back["code"][0],
                  "redirect_uri": "https://app.example/back"}
        self.error(self.client.form("/token", **fields, code_verifier="w" * 43), 400,
                   "invalid_grant")
        reply = self.client.form("/token", **fields, code_verifier=verifier)
        self.assertEqual(self.client.refresh(reply.json["refresh_token"]).status, 200)
        self.error(self.client.form("/token", **fields, code_verifier=verifier), 400,
                   "invalid_grant")


class ServiceAccounts(TestCase):
    def assertion(self, key, changes=None, spoil=False):
        now = int(time.time())
        claims = {"iss": key["client_email"], "aud": key["token_uri"], "iat": now - 30,
                  "exp": now + 3000, "sub": "host@example.com",
                  "scope": "https://www.googleapis.com/auth/calendar.events", **(changes or {})}
        parts = [{"alg": "RS256", "typ": "JWT", "kid": key["private_key_id"]}, claims]
        signed = ".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=")
                          for p in parts)
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "key")
            with open(path, "w", encoding="ascii") as file:
                file.write(key["private_key"])
            raw = subprocess.run(["openssl", "dgst", "-sha256", "-sign", path], check=True,
                                 input=signed.encode(), capture_output=True).stdout
        raw = raw[:-1] + bytes([raw[-1] ^ 1]) if spoil else raw
        return signed + "." + base64.urlsafe_b64encode(raw).decode().rstrip("=")

    def grant(self, *arguments, **named):
        return self.client.form("/token", grant_type="urn:ietf:params:oauth:grant-type:jwt-bearer",
                                assertion=self.assertion(*arguments, **named))

    def test_grant(self):
        key = self.control("POST", "service_accounts", {})
        token = self.grant(key).json["access_token"]
        guest = {"attendees": [{"email": "g@example.org"}]}
        self.check(self.api("POST", EVENTS, event_body(**guest), NOTIFY, token=token), 200)
        for changes, error in (({"exp": 1}, "invalid_grant"), ({"aud": "x"}, "invalid_grant"),
                               ({"sub": "nobody@example.com"}, "invalid_grant"),
                               ({"scope": "x"}, "unauthorized_client")):
            self.assertEqual(self.grant(key, changes).json["error"], error)
        self.assertEqual(self.grant(key, spoil=True).json["error_description"],
                         "Invalid JWT Signature.")
        alone = self.grant(key, {"sub": key["client_email"]}).json["access_token"]
        self.check(self.api("POST", EVENTS, event_body(**guest), NOTIFY, token=alone), 403,
                   "forbiddenForServiceAccounts")

    def test_clerk(self):
        made = self.control("POST", "clerk_users", {"id": "user_1", "email": "c@example.com"})
        path = "/v1/users/user_1/oauth_access_tokens/oauth_google"
        headers = {"Authorization": "Bearer " + made["secret_key"]}
        item = self.client.send("GET", path, None, headers).json[0]
        self.check(self.api("GET", EVENTS, token=item["token"]), 200)
        paged = self.client.send("GET", path + "?paginated=true", None, headers).json
        self.assertEqual(paged["data"][0]["token"], item["token"])
        self.assertEqual(self.client.send("GET", path).status, 401)
