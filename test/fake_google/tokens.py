"""The token endpoint: POST /token and /revoke."""

import time
from urllib.parse import parse_qsl

import store as storage
from errors import Answer, TokenError

TOKEN, REVOKE = "/token", "/revoke"
FORM = "application/x-www-form-urlencoded"
EARLY = 600     # seconds: a refresh with more than that left is an early one


def read_form(request):
    """The fields of a form; the endpoint takes nothing else."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != FORM:
        raise TokenError(400, "invalid_request", "Unsupported content type.", blame=True)
    if request.query:
        request.note("token request with a query", "parameters belong into the body")
    try:
        pairs = parse_qsl(request.body.decode("ascii"), keep_blank_values=True,
                          strict_parsing=True, errors="strict")
    except (ValueError, UnicodeDecodeError):
        raise TokenError(400, "invalid_request", "Malformed form.", blame=True) from None
    form = dict(pairs)
    if len(form) != len(pairs):
        raise TokenError(400, "invalid_request", "Parameter given twice.", blame=True)
    return form


def need(form, name):
    value = form.get(name)
    if not value:
        raise TokenError(400, "invalid_request", "Missing required parameter: " + name,
                         blame=True)
    return value


def check_client(store, form):
    """The id of the client, whose secret is right."""
    client_id = form.get("client_id")
    if not client_id:
        raise TokenError(400, "invalid_request",
                         "Could not determine client ID from request.", blame=True)
    if client_id not in store.clients:
        raise TokenError(401, "invalid_client", "The OAuth client was not found.")
    if form.get("client_secret") != store.clients[client_id]:
        raise TokenError(401, "invalid_client", "Unauthorized")
    return client_id


def issue(store, credential, scopes=None):
    """A new access token and the answer that carries it."""
    now = time.time()
    for grant in [g for g in credential.grants if g.expires <= now - 3600]:
        store.grants.pop(grant.token, None)
    credential.grants = [g for g in credential.grants if g.expires > now - 3600]
    grant = storage.Grant(credential, store.settings["token_lifetime"])
    credential.grants.append(grant)
    store.grants[grant.token] = grant
    return {
        "access_token": grant.token, "expires_in": int(store.settings["token_lifetime"]),
        "scope": " ".join(storage.SCOPE_PREFIX + s for s in
                          sorted(scopes or credential.scopes)),
        "token_type": "Bearer",
    }


def find_credential(store, secret):
    found = store.credentials.get(secret)
    if found is None and secret.startswith(storage.AUTO_PREFIX):
        name = secret[len(storage.AUTO_PREFIX):]
        if name and name.replace("-", "").replace("_", "").replace(".", "").isalnum():
            found = store.register(name.lower() + "@example.com", refresh_token=secret)
    return found


def count_refresh(credential):
    now = time.time()
    credential.refreshes += 1
    if any(g.expires > now + EARLY and not g.refused for g in credential.grants):
        credential.early_refreshes += 1


def refresh(store, form, _request):
    client_id = check_client(store, form)
    secret = need(form, "refresh_token")
    credential = find_credential(store, secret)
    if credential is None:
        raise TokenError(400, "invalid_grant", "Bad Request")
    if credential.client_id != client_id:
        raise TokenError(401, "unauthorized_client", "Unauthorized")
    if credential.revoked:
        raise TokenError(400, "invalid_grant", "Token has been expired or revoked.")
    wanted = {s.removeprefix(storage.SCOPE_PREFIX) for s in form.get("scope", "").split()}
    if wanted - credential.scopes:
        raise TokenError(400, "invalid_scope", "Some requested scopes were invalid.")
    count_refresh(credential)
    body = issue(store, credential)
    if store.settings["rotate_refresh_tokens"]:
        del store.credentials[secret]
        credential.secret = "1//0r" + storage.random_id(40)
        store.credentials[credential.secret] = credential
        body["refresh_token"] = credential.secret
    return Answer(200, body)


def revoke(store, form):
    secret = need(form, "token")
    credential = store.credentials.get(secret)
    if credential is None and secret in store.grants:
        credential = store.grants[secret].credential
    if credential is None or credential.revoked:
        raise TokenError(400, "invalid_token", "Token expired or revoked")
    for other in store.credentials.values():
        if (other.email, other.client_id) == (credential.email, credential.client_id):
            other.revoked = True
    credential.revoked = True
    return Answer(200, {})


def answer_request(store, request, grants):
    """`grants` maps each grant_type to what answers it."""
    try:
        if request.method != "POST":
            raise TokenError(405, "invalid_request", "POST it.", blame=True)
        form = read_form(request)
        if request.path == REVOKE:
            return revoke(store, form)
        kind = need(form, "grant_type")
        if kind not in grants:
            raise TokenError(400, "unsupported_grant_type", "Invalid grant_type: " + kind,
                             blame=True)
        answer = grants[kind](store, form, request)
        answer.headers["Cache-Control"] = "no-store"
        return answer
    except TokenError as error:
        if error.blame:
            request.note("refused: " + error.reason, error.message)
        return error.answer
