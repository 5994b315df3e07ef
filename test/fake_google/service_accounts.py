"""Service accounts: grant_type jwt-bearer with a real RS256 check.

The key pair is made with the openssl command when an account is registered;
checking a signature needs no more than integer arithmetic.
"""

import base64
import hashlib
import hmac
import json
import os
import subprocess
import tempfile
import time

import store as storage
import tokens
from errors import Answer, TokenError

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
AUDIENCE = "https://oauth2.googleapis.com/token"
SKEW = 300          # seconds iat may lie ahead
EXPONENT = 65537
# DigestInfo of SHA-256, RFC 8017 section 9.2.
SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")
UNAUTHORIZED = ("Client is unauthorized to retrieve access tokens using this method, or "
                "client not authorized for any of the scopes requested.")
BAD_TIMES = ("Invalid JWT: Token must be a short-lived token (60 minutes) and in a "
             "reasonable timeframe. Check your iat and exp values in the JWT claim.")


class ServiceAccount:
    def __init__(self, email, modulus, key_id, delegated):
        self.email = email
        self.modulus = modulus
        self.key_id = key_id
        self.delegated = delegated      # scopes it may use for users, or None
        self.credentials = {}           # (subject, scopes) -> Credential


def openssl(*arguments, data=None):
    return subprocess.run(("openssl",) + arguments, input=data, capture_output=True,
                          check=True).stdout


def register(store, given, token_uri):
    """A new service account; answers its key file."""
    email = given.get("client_email", "robot@test-project.iam.gserviceaccount.com")
    key = given["private_key"].encode() if "private_key" in given else \
        openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "key.pem")
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
            file.write(key)
        modulus = int(openssl("rsa", "-in", path, "-noout", "-modulus")
                      .decode().strip().partition("=")[2], 16)
    key_id = hashlib.sha256(key).hexdigest()[:40]
    delegated = given.get("delegated_scopes", storage.DEFAULT_SCOPES)
    store.service_accounts[email] = ServiceAccount(
        email, modulus, key_id,
        None if delegated is None else {s.removeprefix(storage.SCOPE_PREFIX)
                                        for s in delegated.split()})
    return {"type": "service_account", "project_id": "test-project",
            "private_key_id": key_id, "private_key": key.decode(),
            "client_email": email, "client_id": "100000000000000000001",
            "auth_uri": "https://accounts.google.com/o/oauth2/auth", "token_uri": token_uri,
            "universe_domain": "googleapis.com"}


def bad(description, error="invalid_grant", code=400):
    return TokenError(code, error, description)


def decode(part):
    """Unpadded base64url."""
    if "=" in part:
        raise ValueError("padded")
    return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)


def signature_fits(account, signed, signature):
    length = (account.modulus.bit_length() + 7) // 8
    number = int.from_bytes(signature, "big")
    if len(signature) != length or number >= account.modulus:
        return False
    digest = SHA256_PREFIX + hashlib.sha256(signed).digest()
    wanted = b"\0\1" + b"\xff" * (length - len(digest) - 3) + b"\0" + digest
    found = pow(number, EXPONENT, account.modulus).to_bytes(length, "big")
    return hmac.compare_digest(found, wanted)


def read_assertion(store, assertion):
    """(account, claims) of a JWT whose signature is right."""
    try:
        head, claims, signature = assertion.split(".")
        header, content = json.loads(decode(head)), json.loads(decode(claims))
        raw = decode(signature)
        algorithm, issuer = header["alg"], content["iss"]
    except (ValueError, KeyError, TypeError):
        raise bad("Invalid JWT: Failed to parse.", "invalid_request") from None
    account = store.service_accounts.get(issuer)
    if account is None:
        raise bad("Invalid grant: account not found")
    if algorithm != "RS256" or header.get("kid", account.key_id) != account.key_id \
            or not signature_fits(account, (head + "." + claims).encode(), raw):
        raise bad("Invalid JWT Signature.")
    return account, content


def check_times(claims):
    now = time.time()
    issued, expires = claims.get("iat"), claims.get("exp")
    if not isinstance(issued, int) or not isinstance(expires, int):
        raise bad(BAD_TIMES)
    if issued > now + SKEW or expires <= now or not 0 < expires - issued <= 3600:
        raise bad(BAD_TIMES)


def grant(store, form, request):
    account, claims = read_assertion(store, tokens.need(form, "assertion"))
    check_times(claims)
    own = "https://%s%s" % (request.headers.get("host"), request.path)
    if claims.get("aud") not in (AUDIENCE, own):
        raise bad("Invalid JWT: Failed audience check.")
    scopes = claims.get("scope")
    if not scopes:
        raise bad("Missing scope.", "invalid_scope")
    wanted = {s.removeprefix(storage.SCOPE_PREFIX) for s in scopes.split()}
    subject = claims.get("sub", account.email)
    if subject != account.email:
        if "@" not in subject:
            raise bad("Not a valid email")
        if account.delegated is None or wanted - account.delegated:
            raise bad(UNAUTHORIZED, "unauthorized_client", 401)
        if subject not in store.accounts:
            raise bad("Invalid email or User ID")
    return Answer(200, issue(store, account, subject, scopes))


def issue(store, account, subject, scopes):
    key = (subject, scopes)
    credential = account.credentials.get(key)
    if credential is None:
        credential = store.register(subject, scopes, kind="service_account")
        account.credentials[key] = credential
        credential.impersonated = subject != account.email
    if credential.revoked:
        raise bad("Client is unauthorized.", "unauthorized_client", 401)
    tokens.count_refresh(credential)
    body = tokens.issue(store, credential)
    del body["scope"]
    return body
