"""Self-tests: HTTP, TLS, faults, many clients at once, the process itself."""

import gzip
import http.client
import json
import signal
import socket
import ssl
import subprocess
import threading
import time
import warnings

from selftest_client import (API, EVENTS, NOTIFY, Client, Process, TestCase,
                             event_body, shared_server)

ID = "tt6f1c2a0e9b7d4c33a1"
LOST = (OSError, http.client.HTTPException)


class Faults(TestCase):
    def fault(self, fault, **more):
        return self.control("POST", "faults", [{"match": {"path": "events"}, "fault": fault, **more}])

    def test_drops(self):
        for fault, exists in (("drop_before_apply", 404), ("drop_after_apply", 200)):
            self.fault(fault, times=1)
            with self.assertRaises(LOST):
                self.insert(ID)
            self.check(self.one("GET", ID), exists)
        log = self.control("GET", "log", name="events.insert")
        self.assertEqual([(e["applied"], e["status"]) for e in log], [(None, None), (200, None)])

    def test_status(self):
        self.fault("status", status=503, times=1, retry_after=3)
        reply = self.check(self.insert(ID), 503, "backendError")
        self.assertEqual(reply.headers["Retry-After"], "3")
        self.fault("status", status=403, reason="quotaExceeded", apply=True, times=1)
        self.check(self.insert(ID), 403, "quotaExceeded")
        self.check(self.one("GET", ID), 200)
        self.control("POST", "faults", {"match": {"path": "^/token$"}, "fault": "status",
                                        "status": 400, "reason": "invalid_grant",
                                        "envelope": "token"})
        self.assertEqual(self.client.refresh().json["error"], "invalid_grant")

    def test_wrong_bodies(self):
        self.fault("html_502", times=1)
        self.assertIn(b"<html", self.check(self.insert(), 502).body)
        self.fault("non_json_200", times=1)
        self.assertRaises(ValueError, json.loads, self.check(self.insert(), 200).body)
        self.fault("truncate", times=1)
        self.assertRaises(http.client.IncompleteRead, self.insert)
        self.fault("oversized", times=1, bytes=3000000)
        self.assertGreater(len(self.insert().body), 3000000)
        self.fault("redirect", times=1)
        self.assertIn("Location", self.check(self.insert(), 302).headers)

    def test_transport(self):
        self.fault("chunked", times=1)
        self.assertEqual(self.insert().headers["Transfer-Encoding"], "chunked")
        self.fault("gzip", times=1)
        self.assertEqual(json.loads(gzip.decompress(self.insert().body))["summary"], "Intro")
        self.fault("connection_close", times=1)
        self.assertEqual(self.insert().headers["Connection"], "close")
        self.fault("trickle", times=1, seconds=0.001, bytes=100)
        self.assertEqual(self.insert().json["summary"], "Intro")

    def give_up(self, method, path, body):
        """Send a request and hang up before it is answered."""
        slow = http.client.HTTPSConnection("localhost", self.server.port, timeout=0.2,
                                           context=self.client.context)
        slow.request(method, "%s%s?sendUpdates=all" % (API, path), json.dumps(body), {
            "Authorization": "Bearer " + self.client.token, "Content-Type": "application/json"})
        self.assertRaises(TimeoutError, slow.getresponse)
        slow.close()

    def test_delay_applies_first(self):
        self.fault("delay", seconds=30, times=1)
        self.give_up("POST", EVENTS, event_body(ID))
        self.check(self.one("GET", ID), 200)

    def test_late_write_overwrites(self):
        self.insert(ID)
        self.fault("delay", seconds=0.5, times=1, when="before")
        self.give_up("PATCH", EVENTS + "/" + ID, {"summary": "old"})
        self.one("PATCH", ID, {"summary": "new"})
        self.assertEqual(self.one("GET", ID).json["summary"], "new")
        self.control("GET", "log", name="events.patch", wait=5, count=2)
        self.assertEqual(self.one("GET", ID).json["summary"], "old")

    def test_choice_of_requests(self):
        self.fault("status", nth=[2, 4])
        self.assertEqual([self.api("GET", EVENTS).status for _ in range(5)],
                         [200, 503, 200, 503, 200])
        self.control("DELETE", "faults")
        for _ in range(2):
            self.fault("status", share=0.3, seed=7)
            seen = [self.api("GET", EVENTS).status for _ in range(20)]
            report = self.control("DELETE", "faults")
            self.assertEqual(report[0]["fired"], seen.count(503))
            self.assertEqual(seen, getattr(self, "seen", seen))
            self.seen = seen
        self.assertTrue(0 < seen.count(503) < 20)

    def test_typing_errors_are_refused(self):
        for what, body in (("faults", {"fault": "nonsense"}), ("faults", {"fault": "delay", "sec": 1}),
                           ("settings", {"latensy": 1}), ("settings", {"latency": "1"}),
                           ("settings", {"meet": {"mode": "maybe"}}),
                           ("settings", {"time_zone": "Mars"}), ("nonsense", {})):
            reply = self.client.send("POST", "/control/" + what, json.dumps(body))
            self.assertIn(reply.status, (400, 404), body)


class Http(TestCase):
    def test_gzip_when_wanted(self):
        self.insert(ID)
        both = {"Accept-Encoding": "gzip", "User-Agent": "timetap (gzip)"}
        reply = self.one("GET", ID, headers=both)
        self.assertEqual(json.loads(gzip.decompress(reply.body))["id"], ID)
        reply = self.one("GET", ID, headers={**both, "User-Agent": "timetap"})
        self.assertEqual(reply.json["id"], ID)

    def test_log(self):
        before = time.time()
        self.insert(ID)
        entry = self.control("GET", "log", name="events.insert")[-1]
        self.assertTrue(before <= entry["time"] <= entry["finished"] <= time.time())
        self.assertEqual(json.loads(entry["body"])["id"], ID)
        text = json.dumps(self.control("GET", "log"))
        for secret in (self.client.token, "GOCSPX", "1//0test"):
            self.assertNotIn(secret, text)

    def test_log_waits(self):
        since = self.control("GET", "log")[-1]["serial"]
        self.settings(latency=0.1)
        thread = threading.Thread(target=self.insert, args=(ID,))
        other = Client(self.server)
        thread.start()
        found = other.control("GET", "log", since=since, name="events.insert", wait=5)
        thread.join()
        other.close()
        self.assertEqual([e["status"] for e in found], [200])
        self.assertEqual(self.control("GET", "log", since=10 ** 9, wait=0.05), [])

    def test_encoded_path(self):
        self.check(self.api("GET", "calendars/primary%2Fevents/abcde"), 404)
        self.assertEqual(self.rules(), ["no such method"])
        self.insert(ID)
        self.check(self.api("GET", "calendars/host%40example.com/events/" + ID), 200)

    def test_bad_http(self):
        for raw in (b"nonsense\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/3.0\r\nHost: x\r\n\r\n",
                    b"POST /token HTTP/1.1\r\nHost: x\r\n\r\n",
                    b"POST /token HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
                    b"GET / HTTP/1.1\r\nHost: x\r\n" + b"a: b\r\n" * 20000):
            with self.raw() as sock:
                sock.sendall(raw)
                self.assertRegex(sock.recv(100), rb"^HTTP/1.1 4\d\d ")
        self.assertEqual(set(self.rules()), {"bad HTTP"})

    def raw(self):
        sock = socket.create_connection(("localhost", self.server.port), timeout=5)
        return self.client.context.wrap_socket(sock, server_hostname="localhost")

    def test_chunked_request(self):
        with self.raw() as sock:
            sock.sendall(b"POST /control/settings HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked"
                         b"\r\n\r\n5\r\n{\"lat\r\n9;x=y\r\nency\": 0}\r\n0\r\n\r\n")
            self.assertRegex(sock.recv(100), rb"^HTTP/1.1 200 ")

    def test_tls_is_checked(self):
        with self.assertRaises(ssl.SSLCertVerificationError):
            ssl.create_default_context().wrap_socket(
                socket.create_connection(("localhost", self.server.port), timeout=5),
                server_hostname="localhost")
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.load_verify_locations(self.server.path("ca.pem"))
        old.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
        with self.assertRaises(OSError):
            old.wrap_socket(socket.create_connection(("localhost", self.server.port), timeout=5),
                            server_hostname="localhost")


class Many(TestCase):
    def work(self, number, results):
        client = Client(self.server)
        client.token = self.client.token
        for turn in range(10):
            event_id = "shared%d" % turn if number % 2 else "mine%dt%d" % (number, turn)
            results.append((event_id, client.api("POST", EVENTS, event_body(event_id),
                                                 NOTIFY).status))
        client.close()

    def test_one_winner_per_id(self):
        results = []
        threads = [threading.Thread(target=self.work, args=(n, results)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        wins = [event_id for event_id, status in results if status == 200]
        self.assertEqual(len(results), 80)
        self.assertEqual(len(wins), len(set(wins)))
        self.assertEqual(len(wins), 50)
        etags = [e["etag"] for e in self.control("GET", "events")]
        self.assertEqual(len(set(etags)), 50)

    def test_overlapping_writes_are_seen(self):
        self.settings(latency=0.2)
        threads = [threading.Thread(target=self.insert_once, args=(n,)) for n in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(self.control("GET", "stats")["overlapping_writes"]), 1)

    def insert_once(self, number):
        client = Client(self.server)
        client.token = self.client.token
        client.api("POST", EVENTS, event_body("once%d" % number), NOTIFY)
        client.close()


class TheProcess(TestCase):
    def test_ends_with_stdin_and_says_nothing(self):
        server = Process("--plain")
        with socket.create_connection(("127.0.0.1", server.port), timeout=5) as sock:
            sock.sendall(b"GET /control/log HTTP/1.1\r\nHo")
        sock = socket.create_connection(("127.0.0.1", server.port), timeout=5)
        self.assertEqual(server.stop(), "")
        sock.close()

    def test_ends_with_sigterm(self):
        server = Process("--plain")
        server.process.send_signal(signal.SIGTERM)
        self.assertEqual(server.process.wait(5), 0)
        server.process.stdin.close()
        server.process.stdout.close()
        server.process.stderr.close()
        server.directory.cleanup()

    def test_given_certificate_for_another_name(self):
        server = Process("--tls-names", "DNS:elsewhere.example")
        with self.assertRaises(ssl.SSLCertVerificationError):
            Client(server).control("GET", "log")
        self.assertEqual(server.stop(), "")
        pair = shared_server()[0]
        server = Process("--tls-cert", pair.path("server.pem"), "--tls-key", pair.path("server.key"))
        done = subprocess.run(["openssl", "verify", "-CAfile", pair.path("ca.pem"),
                               pair.path("server.pem")], capture_output=True, check=False)
        self.assertEqual(done.returncode, 0)
        self.assertEqual(server.stop(), "")
