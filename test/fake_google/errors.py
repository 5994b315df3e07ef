"""Answers and errors, in the envelopes Google uses.

The Calendar backend and the API front end (authentication, quota) format
errors differently; the token endpoint uses a third, flat form.  Proxies
answer HTML.  A handler raises ApiError or TokenError, the server turns it
into an Answer.
"""

import json

DOMAIN_OF_REASON = {
    "rateLimitExceeded": "usageLimits",
    "userRateLimitExceeded": "usageLimits",
    "quotaExceeded": "usageLimits",
    "dailyLimitExceeded": "usageLimits",
    "accessNotConfigured": "usageLimits",
    "timeRangeEmpty": "calendar",
    "cannotUseDefaultRemindersAndSpecifyOverride": "calendar",
    "eventRemindersCountExceedsLimit": "calendar",
    "forbiddenForNonOrganizer": "calendar",
    "forbiddenForServiceAccounts": "calendar",
    "requiredAccessLevel": "calendar",
    "fullSyncRequired": "calendar",
    "updatedMinTooLongAgo": "calendar",
}

STATUS_NAMES = {
    400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED",
    404: "NOT_FOUND", 409: "ALREADY_EXISTS", 412: "FAILED_PRECONDITION",
    429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}

HTML = """<!DOCTYPE html>
<html lang=en>
  <meta charset=utf-8>
  <title>Error %d</title>
  <p><b>%d.</b> <ins>That is an error.</ins>
  <p>%s  <ins>That is all we know.</ins>
"""


class Answer:
    """One HTTP answer before it is put on the wire."""

    __slots__ = ("status", "headers", "body", "content_type")

    def __init__(self, status, body=None, headers=None,
                 content_type="application/json; charset=UTF-8"):
        self.status = status
        self.headers = dict(headers or {})
        self.body = body                # object, bytes or None
        self.content_type = content_type

    def encode(self, pretty=True):
        """The body as bytes, pretty-printed with a newline as Google does."""
        if self.body is None:
            return b""
        if isinstance(self.body, bytes):
            return self.body
        text = json.dumps(self.body, ensure_ascii=False,
                          indent=1 if pretty else None)
        return text.encode() + b"\n"


def html_answer(status, message="The server cannot answer this request."):
    page = HTML % (status, status, message)
    return Answer(status, page.encode(), content_type="text/html; charset=UTF-8")


def envelope(code, reason, message, location=None, front_end=False, details=None):
    """An error body: `location` is a (locationType, location) pair."""
    item = {"domain": DOMAIN_OF_REASON.get(reason, "global"),
            "reason": reason, "message": message}
    if location:
        item["locationType"], item["location"] = location
    error = {"errors": [item], "code": code, "message": message}
    if front_end:
        error["status"] = STATUS_NAMES.get(code, "UNKNOWN")
        if details:
            error["details"] = [{
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": details, "domain": "googleapis.com",
                "metadata": {"service": "calendar-json.googleapis.com"}}]
    return {"error": error}


class ApiError(Exception):
    """An error answer of the Calendar API.

    `blame` tells whether a correct client could have known better: such an
    answer also goes into the list of violations.
    """

    def __init__(self, code, reason, message, location=None, front_end=False,
                 details=None, headers=None, blame=None):
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.blame = code in (400, 405, 411, 413) if blame is None else blame
        self.answer = Answer(code, envelope(code, reason, message, location,
                                            front_end, details), headers)


class TokenError(Exception):
    """An error answer of the token endpoint."""

    def __init__(self, code, error, description=None, subtype=None, blame=False):
        super().__init__(error)
        body = {"error": error}
        if description:
            body["error_description"] = description
        if subtype:
            body["error_subtype"] = subtype
        self.blame = blame
        self.reason = error
        self.message = description or error
        self.answer = Answer(code, body, {"Cache-Control": "no-store"})


def invalid(message, reason="invalid", location=None, blame=True):
    return ApiError(400, reason, message, location, blame=blame)


def bad_parameter(name, message):
    return invalid(message, "invalidParameter", ("parameter", name))


def not_found():
    return ApiError(404, "notFound", "Not Found")
