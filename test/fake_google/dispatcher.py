"""Between the server and the API: log, faults, delays, routing by path."""

import time
import traceback
from urllib.parse import parse_qsl, urlencode

import calendar_api
import checks
import clerk
import consent
import control
import faults
import service_accounts
import store as storage
import tokens
from errors import html_answer

SECRET_FIELDS = {"client_secret", "refresh_token", "assertion", "code",
                 "code_verifier", "token", "access_token", "oauth_token"}
LOGGED_HEADERS = ("content-type", "accept-encoding", "user-agent", "if-match",
                  "if-none-match", "host", "connection", "x-goog-quota-user")
WRITES = {"events.insert", "events.patch", "events.update", "events.delete",
          "events.import", "events.move"}
TOKEN_PATHS = (tokens.TOKEN, tokens.REVOKE)
GRANTS = {"refresh_token": tokens.refresh, "authorization_code": consent.exchange,
          service_accounts.GRANT: service_accounts.grant}


def mask_pairs(text):
    """A form or query without its secrets."""
    pairs = parse_qsl(text, keep_blank_values=True)
    return urlencode([(name, storage.label(value) if name in SECRET_FIELDS else value)
                      for name, value in pairs], safe=":/")


def logged_body(request):
    text = request.body.decode("utf-8", "replace")
    return mask_pairs(text) if request.path in TOKEN_PATHS else text


class Dispatcher:
    def __init__(self, store):
        self.store = store
        self.rules = []
        self.control = control.Control(self)

    def idle_seconds(self):
        return self.store.settings["keep_alive"]

    def refuse(self, status):
        """A request that is not HTTP as it should be."""
        with self.store.lock:
            self.store.violations.append({
                "time": time.time(), "method": None, "path": None, "log": None,
                "rule": "bad HTTP", "detail": "answered %d" % status})
        return html_answer(status)

    def answer(self, request, connection):
        """(answer, fault rule or None) of a request."""
        if request.path.startswith("/control/"):
            return self.control.answer_request(request), None
        entry = self.open_log(request)
        with self.store.lock:
            rule = faults.choose(self.rules, request)
            request.fault = entry["fault"] = rule.fault if rule else None
            latency = self.store.settings["latency"]
            self.enter(request, entry)
        if rule and rule.fault == "delay" and rule.get("when", "after") == "before":
            time.sleep(float(rule.get("seconds", 60)))  # applied late, wanted or not
        answer = self.carry_out(request, rule, entry)
        if latency:
            connection.wait(latency)
        if rule:
            answer = faults.replace_answer(rule, answer)
            connection.wait(float(rule.get("delay", 0)))
            if rule.fault == "delay" and rule.get("when", "after") != "before":
                connection.wait(float(rule.get("seconds", 60)))
        self.leave(request)
        return answer, rule

    def carry_out(self, request, rule, entry):
        if rule and not rule.applies:
            return None
        with self.store.lock:
            try:
                answer = self.route(request)
            except Exception:       # a fault of this program: let the test see it
                traceback.print_exc()
                request.note("error in the simulated Google", traceback.format_exc())
                answer = html_answer(500)
            entry["applied"] = answer.status
            return answer

    def route(self, request):
        if request.path in TOKEN_PATHS:
            return tokens.answer_request(self.store, request, GRANTS)
        if request.path.startswith(calendar_api.PREFIX):
            return calendar_api.answer_request(self.store, request)
        if request.path == consent.PATH:
            return consent.answer_page(self.store, request)
        if request.path.startswith(clerk.PREFIX):
            return clerk.answer_request(self.store, request)
        request.note("no such address", request.path)
        return html_answer(404)

    def open_log(self, request):
        headers = {name: request.headers[name] for name in LOGGED_HEADERS
                   if name in request.headers}
        header = request.headers.get("authorization")
        if header:
            scheme, _, token = header.partition(" ")
            headers["authorization"] = "%s %s" % (scheme, storage.label(token))
        if request.path.startswith(calendar_api.PREFIX):
            method = checks.find_method(
                request.method, request.raw_path[len(calendar_api.PREFIX):])[0]
            request.method_name = method.name if method else None
        with self.store.lock:
            self.store.serial += 1
            entry = {
                "serial": self.store.serial, "time": request.arrived,
                "connection": request.connection, "method": request.method,
                "path": request.path, "query": mask_pairs(request.query),
                "name": request.method_name, "headers": headers,
                "body": logged_body(request), "email": None, "fault": None,
                "applied": None,        # status of what was really done
                "status": None,         # status of the answer that was sent
                "violations": request.violations, "finished": None,
            }
            grant = self.store.grants.get(header.partition(" ")[2]) if header else None
            request.email = entry["email"] = grant and grant.credential.email
            request.entry = entry
            self.store.log.append(entry)
            self.store.news.notify_all()
        return entry

    def enter(self, request, entry):
        """Watch for two writes at once on one calendar; lock held."""
        self.store.in_flight += 1
        self.store.most_in_flight = max(self.store.most_in_flight, self.store.in_flight)
        if request.method_name in WRITES:
            named = request.path.split("/")[4]
            calendar = request.email if named == "primary" else named.lower()
            inside = self.store.writing.setdefault(calendar, set())
            if inside:
                self.store.overlaps.append({"calendar": calendar, "log": entry["serial"],
                                            "with": sorted(inside)})
            inside.add(entry["serial"])
            request.writes = inside

    def leave(self, request):
        """Before the answer goes out: who has it may send the next request at once."""
        if request.writes is not None:
            with self.store.lock:
                request.writes.discard(request.entry["serial"])

    def finish(self, request, answer, outcome):
        """Close the log entry of a request, however it went."""
        entry = request.entry
        if entry is None:
            return
        with self.store.lock:
            if request.writes is not None:
                request.writes.discard(entry["serial"])
            self.store.in_flight = max(0, self.store.in_flight - 1)
            entry["finished"] = time.time()
            entry["status"] = answer.status if answer and outcome == "sent" else None
            for found in request.violations:
                self.store.violations.append({
                    "time": entry["time"], "method": request.method, "path": request.path,
                    "log": entry["serial"], **found})
            self.store.news.notify_all()
