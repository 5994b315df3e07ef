"""What the self-tests share: the running server and a client for it."""

import atexit
import http.client
import json
import os
import ssl
import subprocess
import sys
import tempfile
import unittest
from urllib.parse import quote, urlencode

HERE = os.path.dirname(os.path.abspath(__file__))
CLIENT = {"client_id": "test-client.apps.googleusercontent.com",
          "client_secret": "GOCSPX-test-secret"}
REFRESH_TOKEN = "1//0test-refresh-token"
FORM = "application/x-www-form-urlencoded"
API = "/calendar/v3/"
EVENTS = "calendars/primary/events"
NOTIFY = {"sendUpdates": "all", "conferenceDataVersion": 1}
QUIET = {"sendUpdates": "none", "conferenceDataVersion": 1}


class Process:
    """A server of its own, gone when the tests are."""

    def __init__(self, *options):
        self.directory = tempfile.TemporaryDirectory(prefix="fake_google_")
        self.process = subprocess.Popen(
            [sys.executable, HERE, "--dir", self.directory.name, "--exit-with-stdin", *options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        ready = self.process.stdout.readline()
        self.port = int(ready.partition("port=")[2])
        with open(self.path("port"), encoding="ascii") as file:
            assert int(file.read()) == self.port
        atexit.register(self.stop)

    def path(self, name):
        return os.path.join(self.directory.name, name)

    def stop(self):
        """Ends by closing standard input; answers what was printed as error."""
        if self.process.poll() is None:
            self.process.stdin.close()
            self.process.wait(10)
            errors = self.process.stderr.read()
            self.process.stdout.close()
            self.process.stderr.close()
            self.directory.cleanup()
            return errors
        return ""


class Reply:
    def __init__(self, response, body):
        self.status = response.status
        self.headers = response.headers
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def reason(self):
        return self.json["error"]["errors"][0]["reason"]


class Client:
    """A keep-alive connection that is made again when it was closed."""

    def __init__(self, server):
        self.context = ssl.create_default_context(cafile=server.path("ca.pem"))
        self.port = server.port
        self.connection = None
        self.token = None

    def send(self, method, target, body=None, headers=None):
        if self.connection is None:
            self.connection = http.client.HTTPSConnection("localhost", self.port, timeout=10,
                                                          context=self.context)
        try:
            self.connection.request(method, target, body, headers or {})
            response = self.connection.getresponse()
            reply = Reply(response, response.read())
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        if response.will_close:
            self.close()
        return reply

    def close(self):
        if self.connection is not None:
            self.connection.close()
        self.connection = None

    def api(self, method, path, body=None, query=None, headers=None, token=None):
        given = {"User-Agent": "selftest (gzip)", "Authorization": "Bearer " + (token or self.token)}
        if body is not None:
            given["Content-Type"] = "application/json"
            body = json.dumps(body)
        target = API + path + ("?" + urlencode(query) if query else "")
        return self.send(method, target, body, {**given, **(headers or {})})

    def control(self, method, what, body=None, **query):
        target = "/control/%s%s" % (what, "?" + urlencode(query) if query else "")
        reply = self.send(method, target, None if body is None else json.dumps(body))
        assert reply.status == 200, reply.body
        return reply.json

    def form(self, path, **fields):
        return self.send("POST", path, urlencode(fields), {"Content-Type": FORM})

    def refresh(self, refresh_token=REFRESH_TOKEN, **changes):
        return self.form("/token", **{"grant_type": "refresh_token",
                                      "refresh_token": refresh_token, **CLIENT, **changes})


SHARED = {}


def shared_server():
    if "server" not in SHARED:
        SHARED["server"] = Process()
        SHARED["client"] = Client(SHARED["server"])
    return SHARED["server"], SHARED["client"]


def event_body(event_id=None, **changes):
    body = {"summary": "Intro", "start": {"dateTime": "2036-12-01T15:00:00Z"},
            "end": {"dateTime": "2036-12-01T15:30:00Z"}, **changes}
    return {"id": event_id, **body} if event_id else body


def meet(request_id, kind="hangoutsMeet"):
    return {"createRequest": {"requestId": request_id, "conferenceSolutionKey": {"type": kind}}}


class TestCase(unittest.TestCase):
    def setUp(self):
        self.server, self.client = shared_server()
        self.client.control("POST", "reset", {})
        self.client.token = self.client.refresh().json["access_token"]
        self.api = self.client.api
        self.control = self.client.control

    def settings(self, **values):
        return self.control("POST", "settings", values)

    def insert(self, event_id=None, query=None, **changes):
        return self.api("POST", EVENTS, event_body(event_id, **changes), query or NOTIFY)

    def one(self, method, event_id, body=None, query=None, **more):
        query = NOTIFY if query is None and method != "GET" else query
        if method == "DELETE":
            query = {"sendUpdates": "all"}
        return self.api(method, EVENTS + "/" + quote(event_id), body, query, **more)

    def rules(self):
        """The names of the violations so far, which are then forgotten."""
        found = [v["rule"] for v in self.control("GET", "violations")]
        self.control("DELETE", "log")
        return found

    def check(self, reply, status, reason=None):
        self.assertEqual(reply.status, status, reply.body)
        if reason:
            self.assertEqual(reply.reason, reason)
        return reply
