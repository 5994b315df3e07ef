"""One call of the Calendar API: authentication, quota, scope, checks, method."""

import time

import calendars_api
import checks
import events_api
from errors import Answer, ApiError, html_answer, invalid
from schema import NOTIFYING

PREFIX = "/calendar/v3/"
CHALLENGE = {"WWW-Authenticate": "Bearer realm=\"https://accounts.google.com/\""}
NO_CREDENTIALS = ("Request is missing required authentication credential. Expected OAuth 2 "
                  "access token, login cookie or other valid authentication credential.")
BAD_CREDENTIALS = ("Request had invalid authentication credentials. Expected OAuth 2 access "
                   "token, login cookie or other valid authentication credential.")

HANDLERS = {
    "events.insert": events_api.insert, "events.get": events_api.get,
    "events.patch": events_api.patch, "events.update": events_api.update,
    "events.delete": events_api.delete, "events.import": events_api.import_event,
    "events.move": events_api.move, **calendars_api.HANDLERS,
}


class Call:
    """What a method needs to know about the request it answers."""

    __slots__ = ("store", "method", "path", "params", "headers", "body", "email", "impersonated",
                 "note")

    def __init__(self, store, method, path, headers, note):
        self.store = store
        self.method = method
        self.path = path
        self.headers = headers
        self.note = note
        self.params = {}
        self.body = {}
        self.email = None
        self.impersonated = True


def unauthorized(reason, short, message, details):
    error = ApiError(401, reason, short, ("header", "Authorization"), True, details,
                     CHALLENGE)
    error.answer.body["error"]["message"] = message
    return error


def authenticate(store, headers, note):
    """The grant that the request's access token belongs to."""
    header = headers.get("authorization")
    if header is None:
        note("no access token", "the header Authorization is missing")
        raise unauthorized("required", "Login Required.", NO_CREDENTIALS,
                           "CREDENTIALS_MISSING")
    scheme, _, token = header.partition(" ")
    grant = store.grants.get(token.strip()) if scheme.lower() == "bearer" else None
    if grant is None or grant.expires <= time.time() or grant.credential.revoked:
        if grant is not None:
            grant.refused = True
        raise unauthorized("authError", "Invalid Credentials", BAD_CREDENTIALS,
                           "ACCESS_TOKEN_EXPIRED" if grant else "ACCESS_TOKEN_TYPE_UNSUPPORTED")
    return grant


def count_call(store, email):
    """The sliding one-minute window of an account."""
    quota = store.settings["quota"]
    limit = quota["per_minute"]
    if limit is None:
        return
    now = time.time()
    recent = [at for at in store.calls.get(email, ()) if at > now - 60]
    store.calls[email] = recent
    if len(recent) < limit:
        recent.append(now)
        return
    headers = {}
    if quota["retry_after"] is not None:
        headers["Retry-After"] = str(quota["retry_after"])
    code = int(quota["status"])
    reason = "rateLimitExceeded" if code == 429 else "userRateLimitExceeded"
    raise ApiError(code, reason, "Rate Limit Exceeded", front_end=code == 429,
                   details="RATE_LIMIT_EXCEEDED", headers=headers)


def check_scope(method, grant):
    if method.scopes.isdisjoint(grant.credential.scopes):
        error = ApiError(403, "insufficientPermissions", "Insufficient Permission",
                         front_end=True, details="ACCESS_TOKEN_SCOPE_INSUFFICIENT")
        error.answer.body["error"]["message"] = \
            "Request had insufficient authentication scopes."
        raise error


def read_body(call, request):
    method = call.method
    if method.body is None:
        if request.body:
            call.note("body without meaning", "%s takes none" % method.name)
        return
    if method.verb in ("POST", "PATCH", "PUT") and request.headers.get("content-type") is None:
        if not request.body:
            return
    given = checks.read_json(request.body, request.headers, call.note)
    writable = ("organizer",) if method.name == "events.import" else ()
    call.body = checks.check_object(method.body, given, "", call.note,
                                    method.name == "events.update", writable)
    if method.name != "events.patch":
        call.body = {name: value for name, value in call.body.items() if value is not None}


def find_method(request):
    method, path = checks.find_method(request.method, request.raw_path[len(PREFIX):])
    if method is None:
        request.note("no such method", "%s %s" % (request.method, request.path))
        return None, html_answer(405 if path else 404)
    return method, path


def handle(store, request):
    """The answer to a request under PREFIX; the store's lock is held."""
    method, path = find_method(request)
    if method is None:
        return path
    request.method_name = method.name
    call = Call(store, method, path, request.headers, request.note)
    if "user-agent" not in request.headers:
        request.note("no User-Agent", method.name)
    grant = authenticate(store, request.headers, request.note)
    call.email = grant.credential.email
    call.impersonated = grant.credential.impersonated
    count_call(store, call.email)
    check_scope(method, grant)
    call.params = checks.read_parameters(request.query, method, request.note)
    if method.name in NOTIFYING and "sendUpdates" not in call.params:
        request.note("sendUpdates missing", method.name)
    read_body(call, request)
    answer = HANDLERS[method.name](call)
    if "fields" in call.params and isinstance(answer.body, dict):
        answer.body = checks.pick_fields(call.params["fields"], answer.body)
    request.pretty = call.params.get("prettyPrint", True)
    return answer


def answer_request(store, request):
    """As handle(), with errors turned into answers and violations."""
    try:
        return handle(store, request)
    except ApiError as error:
        if error.blame:
            request.note("refused: " + error.reason, error.message)
        return error.answer
    except RecursionError:
        request.note("refused: parseError", "nested too deep")
        return Answer(400, invalid("Parse Error", "parseError").answer.body)
