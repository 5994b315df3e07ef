"""Scripted misbehaviour.

A rule says which requests it means and what goes wrong with them:

  {"match": {"method": "POST", "path": "events", "name": "events.insert"},
   "share": 0.2, "seed": 7,     of the matching requests, pseudo-randomly
   "nth": 3 or [1, 4],          of the matching requests, counted from 1
   "every": 5, "after": 2,      each fifth one; not the first two
   "times": 4,                  at most four times in all
   "fault": "drop_after_apply", ...}

`path` is a regular expression searched in the decoded path; all conditions
given must hold.  Rules are asked in order; the first that fires decides, and
a rule after it neither counts nor draws for that request.  A rule with
"delay" may carry any fault, or none.
"""

import random
import re

import errors

# What each fault does: whether the request is carried out, and its options.
FAULTS = {
    "none": (True, ()),
    "drop_before_apply": (False, ()),
    "drop_after_apply": (True, ("graceful",)),
    "status": (False, ("status", "reason", "message", "envelope", "retry_after", "apply")),
    "html_502": (False, ("apply",)),
    "delay": (True, ("seconds", "when")),
    "truncate": (True, ("keep",)),
    "non_json_200": (True, ("apply", "body")),
    "oversized": (True, ("apply", "bytes")),
    "trickle": (True, ("seconds", "bytes")),
    "redirect": (False, ("location",)),
    "connection_close": (True, ()),
    "chunked": (True, ()),
    "gzip": (True, ()),
}
COMMON = {"match", "share", "seed", "nth", "every", "after", "times", "fault", "delay"}
MATCHES = {"method", "path", "name", "query", "email"}


class Rule:
    def __init__(self, given):
        if not isinstance(given, dict):
            raise ValueError("a rule is an object")
        self.given = given
        self.fault = given.get("fault", "none")
        if self.fault not in FAULTS:
            raise ValueError("unknown fault %r; known: %s" % (self.fault, ", ".join(FAULTS)))
        self.applies, options = FAULTS[self.fault]
        unknown = set(given) - COMMON - set(options)
        match = given.get("match", {})
        unknown |= set(match) - MATCHES
        if unknown:
            raise ValueError("unknown in rule: " + ", ".join(sorted(unknown)))
        self.applies = given.get("apply", self.applies)
        self.patterns = {name: re.compile(str(value)) for name, value in match.items()
                         if name != "method"}
        self.method = match.get("method")
        self.random = random.Random(given.get("seed", 0))
        nth = given.get("nth")
        self.nth = {nth} if isinstance(nth, int) else set(nth or ())
        self.seen = 0
        self.fired = 0

    def matches(self, request):
        if self.method not in (None, request.method):
            return False
        subject = {"path": request.path, "query": request.query,
                   "name": request.method_name or "", "email": request.email or ""}
        return all(pattern.search(subject[name]) for name, pattern in self.patterns.items())

    def fires(self, request):
        """Whether this request is hit; counts it."""
        if not self.matches(request):
            return False
        self.seen += 1
        given = self.given
        drawn = self.random.random() < given["share"] if "share" in given else True
        hit = (drawn and (not self.nth or self.seen in self.nth)
               and self.seen > given.get("after", 0)
               and self.seen % given.get("every", 1) == 0
               and self.fired < given.get("times", self.fired + 1))
        self.fired += hit
        return hit

    def report(self):
        return {**self.given, "seen": self.seen, "fired": self.fired}

    def get(self, name, default):
        return self.given.get(name, default)


def choose(rules, request):
    """The rule that hits this request, or None."""
    for rule in rules:
        if rule.fires(request):
            return rule
    return None


def status_answer(rule):
    """The made-up error answer of a `status` fault."""
    code = int(rule.get("status", 503))
    reason = rule.get("reason", "backendError")
    message = rule.get("message", "Backend Error")
    kind = rule.get("envelope", "calendar")
    if kind == "html":
        answer = errors.html_answer(code, message)
    elif kind == "empty":
        answer = errors.Answer(code, b"")
    elif kind == "token":
        answer = errors.Answer(code, {"error": reason, "error_description": message})
    else:
        answer = errors.Answer(code, errors.envelope(code, reason, message,
                                                     front_end=kind == "frontend",
                                                     details=reason))
    if rule.get("retry_after", None) is not None:
        answer.headers["Retry-After"] = str(rule.get("retry_after", None))
    return answer


def replace_answer(rule, answer):
    """The answer after a fault that changes what is said."""
    if rule.fault == "status":
        return status_answer(rule)
    if rule.fault == "html_502":
        return errors.html_answer(502, "Bad Gateway")
    if rule.fault == "non_json_200":
        return errors.Answer(200, rule.get("body", "<html>oops").encode())
    if rule.fault == "oversized":
        filler = b" " * int(rule.get("bytes", 32 * 1024 * 1024))
        return errors.Answer(200, b"{\"kind\":\"calendar#event\"," + filler + b"\"id\":\"\"}")
    if rule.fault == "redirect":
        return errors.Answer(302, b"", {"Location": rule.get(
            "location", "https://127.0.0.1:9/elsewhere")})
    return answer
