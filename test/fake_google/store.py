"""Everything the simulated Google knows, in memory, behind one lock."""

import hashlib
import secrets
import threading
import time
from collections import deque

import times

DEFAULT_CLIENT = ("test-client.apps.googleusercontent.com", "GOCSPX-test-secret")
DEFAULT_REFRESH_TOKEN = "1//0test-refresh-token"
DEFAULT_EMAIL = "host@example.com"
DEFAULT_SCOPES = "calendar.events calendar.freebusy"
AUTO_PREFIX = "1//0auto-"
SCOPE_PREFIX = "https://www.googleapis.com/auth/"

BASE32HEX = "0123456789abcdefghijklmnopqrstuv"

DEFAULT_SETTINGS = {
    "token_lifetime": 3599,         # seconds an access token lives
    "rotate_refresh_tokens": False,
    "meet": {"mode": "immediate",   # or "pending"
             "reads": 2,            # GETs that still answer pending
             "outcome": "success",  # or "failure"
             "phone_first": True},  # a phone entry point before the video one
    "allow_meet": True,             # for every calendar
    "time_zone": "America/New_York",    # of primary calendars, also those that exist
    "quota": {"per_minute": None, "status": 403, "retry_after": None},
    "guest_quota": None,            # invitations an account may send
    "latency": 0,                   # seconds before each API answer
    "keep_alive": 75,               # seconds an idle connection lives
    "tombstones_vanish": False,     # GET of a deleted event is 404
    "tombstone_patch": "stays",     # or "forbidden": PATCH without confirmed
    "freebusy_max_days": 62,
    "freebusy_errors": {},          # calendar id -> reason
    "list_page_size": None,         # shorter pages than asked for
    "list_empty_pages": False,      # an empty page before each full one
    "expire_sync_tokens": False,    # 410 for every syncToken
    "now": None,                    # epoch seconds for what is past; None = clock
}

LOG_LENGTH = 200000


def label(secret):
    """A name for a secret that does not give it away."""
    return "sha256:" + hashlib.sha256(secret.encode()).hexdigest()[:12]


def random_id(length=26):
    return "".join(secrets.choice(BASE32HEX) for _ in range(length))


class Event:
    """An event on a calendar, also after its deletion."""

    def __init__(self, event_id, data):
        self.id = event_id
        self.data = data                # client-writable fields, times inner form
        self.etag = 0
        self.created = 0
        self.updated = 0
        self.sequence = 0
        self.change = 0                 # of the calendar, for sync tokens
        self.organizer = None
        self.creator = None
        self.conference = None          # conferenceData of answers
        self.request_id = None          # of the last createRequest
        self.pending_reads = None       # GETs left until the conference is there
        self.changed_by = None          # "client" or "human"

    @property
    def cancelled(self):
        return self.data.get("status") == "cancelled"


class Calendar:
    def __init__(self, calendar_id, owner, time_zone="UTC", summary=None,
                 allow_meet=True):
        self.id = calendar_id
        self.owner = owner
        self.time_zone = time_zone
        self.summary = summary or calendar_id
        self.allow_meet = allow_meet
        self.roles = {owner: "owner"}   # e-mail -> role; "*" = everybody
        self.events = {}
        self.changes = 0

    def role_of(self, email):
        return self.roles.get(email) or self.roles.get("*")


class Credential:
    """A refresh token (or a service account acting for somebody)."""

    def __init__(self, email, scopes, client_id, client_secret, secret, kind):
        self.email = email
        self.scopes = frozenset(s.removeprefix(SCOPE_PREFIX) for s in scopes.split())
        self.client_id = client_id
        self.client_secret = client_secret
        self.secret = secret
        self.kind = kind
        self.impersonated = True        # False: a service account as itself
        self.revoked = False
        self.refreshes = 0
        self.early_refreshes = 0        # while a good token was still held
        self.grants = []                # live Grant objects


class Grant:
    """An access token."""

    def __init__(self, credential, lifetime):
        self.credential = credential
        self.token = "ya29.a0Af" + secrets.token_urlsafe(140)
        self.expires = time.time() + lifetime
        self.refused = False            # answered 401 once


class Store:
    def __init__(self):
        self.lock = threading.RLock()
        self.news = threading.Condition(self.lock)      # the log has grown
        self.in_flight = 0
        self.reset()

    def reset(self):
        self.settings = copy_settings(DEFAULT_SETTINGS)
        self.calendars = {}
        self.accounts = set()
        self.clients = {DEFAULT_CLIENT[0]: DEFAULT_CLIENT[1]}
        self.credentials = {}           # refresh token -> Credential
        self.service_accounts = {}      # client_email -> account with its key
        self.codes = {}                 # authorization code -> what it is for
        self.clerk_users = {}           # Clerk user id -> linked accounts
        self.grants = {}                # access token -> Grant
        self.channels = {}
        self.pages = {}                 # page token -> rest of a listing
        self.log = deque(maxlen=LOG_LENGTH)
        self.violations = []
        self.mails = []
        self.calls = {}                 # e-mail -> times of recent calls
        self.invitations = {}           # e-mail -> number
        self.writing = {}               # calendar id -> writes in flight
        self.overlaps = []              # writes that met another on a calendar
        self.most_in_flight = 0
        self.last_etag = 0
        self.serial = 0
        self.register(DEFAULT_EMAIL, DEFAULT_SCOPES, DEFAULT_REFRESH_TOKEN)

    def register(self, email, scopes=DEFAULT_SCOPES, refresh_token=None,
                 client_id=DEFAULT_CLIENT[0], client_secret=None, time_zone=None,
                 kind="refresh_token"):
        """A refresh token for an account, which is made if it is new."""
        if client_secret is not None or client_id not in self.clients:
            self.clients[client_id] = client_secret or DEFAULT_CLIENT[1]
        self.add_account(email, time_zone)
        secret = refresh_token or "1//0g" + secrets.token_urlsafe(48)
        credential = Credential(email, scopes, client_id, self.clients[client_id],
                                secret, kind)
        self.credentials[secret] = credential
        return credential

    def add_account(self, email, time_zone=None):
        self.accounts.add(email)
        calendar = self.calendars.get(email)
        if calendar is None:
            calendar = Calendar(email, email, self.settings["time_zone"])
            self.calendars[email] = calendar
        if time_zone:
            calendar.time_zone = time_zone

    def now(self):
        given = self.settings["now"]
        return time.time() if given is None else given

    def touch(self, calendar, event, visible=True):
        """Note a write: new etag, new place in the order of changes.

        A change of reminders alone is not `visible` in the field updated.
        """
        now = time.time()
        self.last_etag = max(self.last_etag + 2, int(now * 1e6) * 2)
        event.etag = self.last_etag
        if visible:
            event.updated = now
        calendar.changes += 1
        event.change = calendar.changes

    def find_calendar(self, calendar_id, email=None):
        """The calendar of that id, `primary` being the account's own."""
        if calendar_id == "primary" and email:
            calendar_id = email
        return self.calendars.get(calendar_id) or self.calendars.get(calendar_id.lower())

    def ends_in_past(self, calendar, event):
        return times.instant_of(event.data["end"], calendar.time_zone) <= self.now()


def copy_settings(settings):
    return {name: dict(value) if isinstance(value, dict) else value
            for name, value in settings.items()}
