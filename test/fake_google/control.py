"""What tests ask for under /control/: state, settings, faults, people."""

import json
import time
from urllib.parse import parse_qsl

import clerk
import consent
import event_body
import events_api
import faults
import service_accounts
import store as storage
import times
import tokens
from errors import Answer, ApiError


class Refused(Exception):
    """A control request that makes no sense."""


CHOICES = {"mode": ("immediate", "pending"), "outcome": ("success", "failure"),
           "tombstone_patch": ("stays", "forbidden")}


def check_setting(name, value, default):
    """Refuse a value of another type than the default has."""
    if name in CHOICES and value not in CHOICES[name]:
        raise Refused("setting %r is one of: %s" % (name, ", ".join(CHOICES[name])))
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if isinstance(default, bool):
        fits = isinstance(value, bool)
    elif isinstance(default, (str, dict)):
        fits = isinstance(value, type(default))
    else:
        fits = number or (value is None and default is None)
    if not fits:
        raise Refused("setting %r cannot be %r" % (name, value))


def merge_settings(settings, given):
    """Take over settings; unknown names are an error, not a silent typo."""
    for name, value in given.items():
        if name not in settings:
            raise Refused("unknown setting %r; known: %s" % (name, ", ".join(settings)))
        known = storage.DEFAULT_SETTINGS[name]
        if isinstance(known, dict) and known:
            if not isinstance(value, dict) or set(value) - set(known):
                raise Refused("setting %r takes: %s" % (name, ", ".join(known)))
            for part, inner in value.items():
                check_setting(part, inner, known[part])
            settings[name].update(value)
        else:
            check_setting(name, value, known)
            settings[name] = value


def need_zone(name):
    if times.zone(name) is None:
        raise Refused("unknown time zone %r" % (name,))
    return name


class Control:
    def __init__(self, dispatcher):
        self.dispatcher = dispatcher
        self.store = dispatcher.store

    def answer_request(self, request):
        action = getattr(self, "%s_%s" % (request.method.lower(),
                                          request.path[len("/control/"):].strip("/")), None)
        if action is None:
            return Answer(404, {"error": "no such control request"})
        try:
            query = dict(parse_qsl(request.query))
            given = json.loads(request.body) if request.body else {}
            with self.store.lock:
                answer = action(given if request.method == "POST" else query)
                if isinstance(answer, Answer):
                    return answer
                return Answer(200, Answer(200, answer if answer is not None else {}).encode(False))
        except ApiError as error:
            return error.answer
        except (Refused, ValueError, KeyError, TypeError, AttributeError) as error:
            return Answer(400, {"error": "%s: %s" % (type(error).__name__, error)})

    # Settings and faults.

    def post_reset(self, _given):
        self.store.reset()
        self.dispatcher.rules = []

    def get_settings(self, _query):
        return self.store.settings

    def post_settings(self, given):
        if given.get("time_zone"):
            need_zone(given["time_zone"])
        merge_settings(self.store.settings, given)
        if given.get("time_zone"):
            for email in self.store.accounts:
                self.store.calendars[email].time_zone = given["time_zone"]
        return self.store.settings

    def post_faults(self, given):
        """Rules are added after those that are there."""
        added = [faults.Rule(one) for one in (given if isinstance(given, list) else [given])]
        self.dispatcher.rules = self.dispatcher.rules + added
        return self.get_faults({})

    def get_faults(self, _query):
        return [rule.report() for rule in self.dispatcher.rules]

    def delete_faults(self, _query):
        report = self.get_faults({})
        self.dispatcher.rules = []
        return report

    # What happened.

    def get_log(self, query):
        """Filters: since (serial), method, path (part of it), name, limit (newest).

        With wait (seconds) it answers when there are `count` such entries that
        are `finished` (both default to 1), or when the time is over.
        """
        end = time.monotonic() + float(query.get("wait", 0))
        while True:
            found = self.find_log(query)
            ended = sum(entry["finished"] is not None for entry in found)
            enough = ended if query.get("finished", "1") == "1" else len(found)
            left = end - time.monotonic()
            if left <= 0 or enough >= int(query.get("count", 1)):
                return found
            self.store.news.wait(left)

    def find_log(self, query):
        since = int(query.get("since", 0))
        found = [entry for entry in self.store.log
                 if entry["serial"] > since
                 and query.get("method", entry["method"]) == entry["method"]
                 and query.get("name", entry["name"]) == entry["name"]
                 and query.get("path", "") in entry["path"]]
        return found[-int(query["limit"]):] if "limit" in query else found

    def delete_log(self, _query):
        self.store.log.clear()
        self.store.violations.clear()
        self.store.mails.clear()
        self.store.overlaps.clear()

    def get_violations(self, _query):
        return self.store.violations

    def get_mails(self, query):
        return [mail for mail in self.store.mails
                if query.get("event", mail["event"]) == mail["event"]
                and query.get("kind", mail["kind"]) == mail["kind"]]

    def get_stats(self, _query):
        return {"requests": self.store.serial,
                "most_in_flight": self.store.most_in_flight,
                "overlapping_writes": self.store.overlaps,
                "events": sum(not e.cancelled for c in self.store.calendars.values()
                              for e in c.events.values()),
                "tombstones": sum(e.cancelled for c in self.store.calendars.values()
                                  for e in c.events.values())}

    def get_events(self, query):
        """All events of a calendar (`*`: of all), tombstones included."""
        wanted = query.get("calendar", "primary")
        account = query.get("account", storage.DEFAULT_EMAIL)
        if wanted == "*":
            calendars = list(self.store.calendars.values())
        else:
            calendars = [self.find_calendar(wanted, account)]
        return [self.show_event(calendar, event) for calendar in calendars
                for event in calendar.events.values()]

    def show_event(self, calendar, event):
        return {**event_body.render(self.store, calendar, event, calendar.owner),
                "calendar": calendar.id, "tombstone": event.cancelled,
                "changed_by": event.changed_by}

    def get_tokens(self, _query):
        return [{"email": c.email, "client_id": c.client_id, "kind": c.kind,
                 "credential": storage.label(c.secret), "scopes": sorted(c.scopes),
                 "refreshes": c.refreshes, "early_refreshes": c.early_refreshes,
                 "revoked": c.revoked, "access_tokens": len(c.grants)}
                for c in self.store.credentials.values()]

    # Accounts, calendars and credentials.

    def post_accounts(self, given):
        email = given.pop("email", None) or given.pop("account", None)
        if not email or not event_body.ADDRESS.fullmatch(email):
            raise Refused("email is missing or no address")
        scopes = given.pop("scopes", storage.DEFAULT_SCOPES)
        given["scopes"] = scopes if isinstance(scopes, str) else " ".join(scopes)
        if given.get("time_zone"):
            need_zone(given["time_zone"])
        credential = self.store.register(email.lower(), **given)
        return {"email": credential.email, "client_id": credential.client_id,
                "client_secret": credential.client_secret,
                "refresh_token": credential.secret, "scopes": sorted(credential.scopes)}

    def post_calendars(self, given):
        """Make or change a calendar: id, account, summary, time_zone, allow_meet, roles."""
        owner = given.get("account", storage.DEFAULT_EMAIL)
        calendar = self.store.find_calendar(given["id"], owner)
        if calendar is None:
            calendar = storage.Calendar(given["id"], owner)
            self.store.calendars[calendar.id] = calendar
        if "time_zone" in given:
            calendar.time_zone = need_zone(given["time_zone"])
        for name in ("summary", "allow_meet"):
            if name in given:
                setattr(calendar, name, given[name])
        for email, role in given.get("roles", {}).items():
            if role is not None and role not in events_api.ROLES:
                raise Refused("roles are: " + ", ".join(events_api.ROLES))
            calendar.roles[email] = role
        return {"id": calendar.id, "time_zone": calendar.time_zone, "roles": calendar.roles}

    def delete_calendars(self, query):
        del self.store.calendars[self.find_calendar(query["id"]).id]

    def find_calendar(self, calendar_id, account=storage.DEFAULT_EMAIL):
        calendar = self.store.find_calendar(calendar_id, account)
        if calendar is None:
            raise Refused("no calendar %r" % (calendar_id,))
        return calendar

    def credentials_of(self, given):
        email = given.get("email") or given.get("account")
        return [c for c in self.store.credentials.values() if email in (None, c.email)]

    def post_revoke(self, given):
        """The account (or everybody) takes the permission back."""
        for credential in self.credentials_of(given):
            credential.revoked = True

    def post_restore(self, given):
        for credential in self.credentials_of(given):
            credential.revoked = False

    def post_expire_tokens(self, given):
        for credential in self.credentials_of(given):
            for grant in credential.grants:
                grant.expires = 0

    def post_access_token(self, given):
        """An access token without the token endpoint; not counted as a refresh."""
        found = self.credentials_of({"email": storage.DEFAULT_EMAIL, **given})
        if not found:
            raise Refused("no such account")
        return tokens.issue(self.store, found[0])

    def post_service_accounts(self, given):
        """client_email, private_key (made if absent), delegated_scopes (null: none)."""
        return service_accounts.register(self.store, given,
                                         given.get("token_uri", service_accounts.AUDIENCE))

    def post_codes(self, given):
        """An authorization code, as the consent page would give."""
        client_id = given.get("client_id", storage.DEFAULT_CLIENT[0])
        return {"code": consent.make_code(
            self.store, client_id, given["redirect_uri"],
            given.get("scopes", storage.DEFAULT_SCOPES),
            given.get("email", storage.DEFAULT_EMAIL), given.get("code_challenge"))}

    def post_clerk_users(self, given):
        """id, email; refresh false = connected without offline access."""
        self.store.add_account(given["email"])
        return clerk.add_user(self.store, given)

    # People.

    def post_human(self, given):
        """A person works on a calendar: op delete, move, edit, respond, insert.

        Op purge makes Google forget an event, tombstone and all.
        """
        given = {"calendar": "primary", "account": storage.DEFAULT_EMAIL, **given}
        calendar = self.find_calendar(given["calendar"], given["account"])
        if given["op"] == "insert":
            return self.human_insert(calendar, given)
        event = calendar.events.get(given["event"])
        if event is None:
            raise Refused("no such event")
        if given["op"] == "delete":
            events_api.bury(self.store, calendar, event, None, None, "human")
        elif given["op"] == "purge":
            del calendar.events[event.id]
        elif given["op"] == "move" and "destination" in given:
            goal = self.find_calendar(given["destination"], given["account"])
            events_api.carry(self.store, calendar, event, goal, "human")
        elif given["op"] in ("move", "edit", "respond"):
            self.human_edit(calendar, event, given)
        else:
            raise Refused("unknown op")
        return self.show_event(calendar, event)

    def human_insert(self, calendar, given):
        data = event_body.merge({}, given["body"], False, True, lambda *_: None)
        event = storage.Event(given.get("event") or storage.random_id(), data)
        event.creator = event.organizer = calendar.owner
        event.changed_by = "human"
        self.store.touch(calendar, event)
        event.created = event.updated
        calendar.events[event.id] = event
        return self.show_event(calendar, event)

    def human_edit(self, calendar, event, given):
        """move: start and end; edit: any fields; respond: a guest's answer."""
        if given["op"] == "respond":
            guests = [dict(g) for g in event.data.get("attendees", ())]
            for guest in guests:
                if guest["email"] == given["email"]:
                    guest["responseStatus"] = given["responseStatus"]
            change = {"attendees": guests}
        elif given["op"] == "move":
            change = {w: {"dateTime": given[w]} for w in ("start", "end")}
        else:
            change = given["body"]
        data = event_body.merge(event.data, change, True, True, lambda *_: None)
        if any(event.data.get(n) != data.get(n) for n in event_body.SEQUENCED):
            event.sequence += 1
        event.data = data
        event.changed_by = "human"
        self.store.touch(calendar, event)
