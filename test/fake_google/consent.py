"""First consent: the page that redirects with a code, and the code's exchange.

There is nobody to ask, so the page agrees at once for the account that
login_hint names (default: the standard account).
"""

import base64
import hashlib
import re
import secrets
import time
from urllib.parse import parse_qsl, urlencode

import store as storage
import tokens
from errors import Answer, TokenError, html_answer

PATH = "/o/oauth2/v2/auth"
CODE_LIFE = 600
NEEDED = ("client_id", "redirect_uri", "response_type", "scope")
REDIRECT = re.compile(r"https?://[!-~]+")
VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


def make_code(store, client_id, redirect_uri, scopes, email, challenge=None, offline=True):
    code = "4/0A" + secrets.token_urlsafe(48)
    store.codes[code] = {
        "client_id": client_id, "redirect_uri": redirect_uri, "scopes": scopes,
        "email": email, "challenge": challenge, "offline": offline,
        "expires": time.time() + CODE_LIFE, "used": None}
    return code


def answer_page(store, request):
    """GET of the consent page: a redirect with a code, or an error page."""
    query = dict(parse_qsl(request.query))
    missing = [name for name in NEEDED if not query.get(name)]
    wrong = None
    if request.method != "GET" or missing:
        wrong = "Missing required parameter: " + ", ".join(missing)
    elif query["client_id"] not in store.clients:
        wrong = "The OAuth client was not found."
    elif query["response_type"] != "code":
        wrong = "Invalid response_type"
    elif query.get("code_challenge") and query.get("code_challenge_method") != "S256":
        wrong = "Invalid code_challenge_method"
    elif not REDIRECT.fullmatch(query["redirect_uri"]):
        wrong = "Invalid redirect_uri"
    if wrong:
        request.note("refused: consent page", wrong)
        return html_answer(400, wrong)
    code = make_code(store, query["client_id"], query["redirect_uri"], query["scope"],
                     query.get("login_hint", storage.DEFAULT_EMAIL),
                     query.get("code_challenge"), query.get("access_type") == "offline")
    back = {"code": code, "scope": query["scope"]}
    if "state" in query:
        back["state"] = query["state"]
    joint = "&" if "?" in query["redirect_uri"] else "?"
    return Answer(302, b"", {"Location": query["redirect_uri"] + joint + urlencode(back)})


def check_verifier(given, challenge):
    if not challenge:
        return given is None
    if given is None or not VERIFIER.fullmatch(given):
        return False
    digest = hashlib.sha256(given.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=") == challenge


def exchange(store, form, _request):
    """grant_type=authorization_code."""
    client_id = tokens.check_client(store, form)
    code = store.codes.get(tokens.need(form, "code"))
    redirect_uri = tokens.need(form, "redirect_uri")
    if code is None or code["expires"] <= time.time() or code["client_id"] != client_id:
        raise TokenError(400, "invalid_grant", "Malformed auth code.")
    if code["used"] is not None:
        code["used"].revoked = True     # a code used twice ends what it gave
        raise TokenError(400, "invalid_grant", "Code was already redeemed.")
    if code["redirect_uri"] != redirect_uri:
        raise TokenError(400, "redirect_uri_mismatch", "Bad Request", blame=True)
    if not check_verifier(form.get("code_verifier"), code["challenge"]):
        raise TokenError(400, "invalid_grant", "Invalid code verifier.")
    credential = store.register(code["email"], code["scopes"], client_id=client_id)
    code["used"] = credential
    body = tokens.issue(store, credential)
    if code["offline"]:
        body["refresh_token"] = credential.secret
    return Answer(200, body)
