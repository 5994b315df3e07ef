"""Clerk as a broker of Google access tokens (its Backend API, one call)."""

import time

import store as storage
import tokens
from errors import Answer

PREFIX = "/v1/users/"
SECRET_KEY = "sk_test_0clerk-secret-key"


def add_user(store, given):
    """Link an account to a user: id, email, refresh (False: no offline access)."""
    linked = {"email": given["email"], "refresh": given.get("refresh", True),
              "credential": store.register(given["email"],
                                           given.get("scopes", storage.DEFAULT_SCOPES),
                                           kind="clerk")}
    store.clerk_users.setdefault(given["id"], []).append(linked)
    return {"id": given["id"], "secret_key": SECRET_KEY}


def error(status, code, message):
    return Answer(status, {"errors": [{"code": code, "message": message,
                                       "long_message": message}],
                           "clerk_trace_id": storage.random_id(32)})


def current_grant(store, credential):
    """The token Clerk holds, refreshed by itself when it is about to end."""
    good = [g for g in credential.grants if g.expires > time.time() + 60 and not g.refused]
    if not good:
        tokens.count_refresh(credential)
        tokens.issue(store, credential)
        good = credential.grants[-1:]
    return good[-1]


def show(store, number, linked):
    grant = current_grant(store, linked["credential"])
    return {"object": "oauth_access_token", "external_account_id": "eac_%d" % number,
            "provider_user_id": "10000000000000000000%d" % number, "token": grant.token,
            "expires_at": int(grant.expires), "provider": "oauth_google",
            "public_metadata": {}, "label": None,
            "scopes": [storage.SCOPE_PREFIX + s for s in sorted(linked["credential"].scopes)]}


def answer_request(store, request):
    parts = request.path[len(PREFIX):].split("/")
    if request.method != "GET" or parts[1:] != ["oauth_access_tokens", "oauth_google"]:
        request.note("no such address", request.path)
        return error(404, "resource_not_found", "not found")
    if request.headers.get("authorization") != "Bearer " + SECRET_KEY:
        return error(401, "clerk_key_invalid", "The provided Clerk Secret Key is invalid.")
    if parts[0] not in store.clerk_users:
        return error(404, "resource_not_found", "not found")
    users = store.clerk_users[parts[0]]
    if any(not linked["refresh"] for linked in users):
        return error(400, "oauth_missing_refresh_token",
                     "Cannot refresh OAuth access token")
    if any(linked["credential"].revoked for linked in users):
        return error(400, "oauth_token_retrieval_error", "Token retrieval failed")
    items = [show(store, number, linked) for number, linked in enumerate(users, 1)]
    if "paginated=true" in request.query:
        return Answer(200, {"data": items, "total_count": len(items)})
    return Answer(200, items)
