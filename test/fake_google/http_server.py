"""The threaded HTTP/1.1 server: one thread a connection, TLS, keep-alive.

It reads requests itself, because the request log needs the moment at which a
request's first byte arrived and the faults need the bare socket.
"""

import gzip
import select
import socket
import ssl
import struct
import threading
import time
from http.client import responses
from urllib.parse import unquote

MAX_HEAD = 65536
MAX_BODY = 8 * 1024 * 1024
RESET = struct.pack("ii", 1, 0)
GZIP_FROM = 256     # bytes
LINGER = 1          # seconds


class BadRequest(Exception):
    """The connection cannot go on: answer this status and close."""

    def __init__(self, status):
        super().__init__(status)
        self.status = status


class Closed(Exception):
    """The other side is gone."""


class Request:
    """One HTTP request, and what is noted about it on its way."""

    def __init__(self, method, target, version, headers, arrived):
        self.method = method
        self.target = target
        self.version = version
        self.headers = headers
        self.arrived = arrived
        path, _, self.query = target.partition("?")
        self.raw_path = path
        self.path = unquote(path, errors="replace")
        self.body = b""
        self.violations = []
        self.method_name = None
        self.email = None
        self.pretty = True
        self.fault = None
        self.connection = 0
        self.entry = None               # of the request log
        self.writes = None              # writes in flight on its calendar

    def note(self, rule, detail=""):
        self.violations.append({"rule": rule, "detail": detail})

    @property
    def keep_alive(self):
        wish = self.headers.get("connection", "").lower()
        return "close" not in wish and (self.version == "HTTP/1.1" or "keep-alive" in wish)

    @property
    def wants_gzip(self):
        """Google compresses for clients that also say so in their name."""
        return ("gzip" in self.headers.get("accept-encoding", "").lower()
                and "gzip" in self.headers.get("user-agent", "").lower())


class Connection:
    """A client's socket with a buffer for reading."""

    def __init__(self, sock, idle):
        self.sock = sock
        self.buffer = b""
        self.arrived = None
        sock.settimeout(idle)

    def fill(self):
        try:
            data = self.sock.recv(65536)
        except (OSError, ValueError):
            raise Closed from None
        if not data:
            raise Closed
        if not self.buffer:
            self.arrived = time.time()
        self.buffer += data

    def take(self, length):
        while len(self.buffer) < length:
            self.fill()
        data, self.buffer = self.buffer[:length], self.buffer[length:]
        return data

    def take_line(self):
        while b"\r\n" not in self.buffer:
            if len(self.buffer) > MAX_HEAD:
                raise BadRequest(431)
            self.fill()
        line, _, self.buffer = self.buffer.partition(b"\r\n")
        return line

    def read_head(self):
        while b"\r\n\r\n" not in self.buffer:
            if len(self.buffer) > MAX_HEAD:
                raise BadRequest(431)
            self.fill()
        if self.arrived is None:
            self.arrived = time.time()
        arrived, self.arrived = self.arrived, None
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        return head.decode("latin-1").split("\r\n"), arrived

    def read_request(self):
        lines, arrived = self.read_head()
        parts = lines[0].split(" ")
        if len(parts) != 3 or parts[2] not in ("HTTP/1.1", "HTTP/1.0") \
                or not parts[1].startswith("/"):
            raise BadRequest(400)
        headers = {}
        for line in lines[1:]:
            name, colon, value = line.partition(":")
            name = name.lower()
            if not colon or not name or name != name.strip():
                raise BadRequest(400)
            value = value.strip()
            headers[name] = headers[name] + ", " + value if name in headers else value
        if parts[2] == "HTTP/1.1" and "host" not in headers:
            raise BadRequest(400)
        request = Request(parts[0], parts[1], parts[2], headers, arrived)
        request.body = self.read_body(headers, parts[0])
        return request

    def read_body(self, headers, method):
        if headers.get("expect", "").lower() == "100-continue":
            self.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        if "chunked" in headers.get("transfer-encoding", "").lower():
            return self.read_chunks()
        length = headers.get("content-length")
        if length is None:
            if method in ("POST", "PUT", "PATCH"):
                raise BadRequest(411)
            return b""
        if not length.isascii() or not length.isdigit():
            raise BadRequest(400)
        if int(length) > MAX_BODY:
            raise BadRequest(413)
        return self.take(int(length))

    def read_chunks(self):
        body = b""
        while True:
            try:
                size = int(self.take_line().split(b";")[0], 16)
            except ValueError:
                raise BadRequest(400) from None
            if size < 0 or len(body) + size > MAX_BODY:
                raise BadRequest(413)
            if size == 0:
                while self.take_line():
                    pass
                return body
            body += self.take(size)
            if self.take(2) != b"\r\n":
                raise BadRequest(400)

    def send(self, data):
        try:
            self.sock.sendall(data)
        except (OSError, ValueError):
            raise Closed from None

    def drain(self):
        """Read on for a while before closing.

        Closing on unread bytes would reset the connection, and the client
        might lose the answer that tells it what was wrong.
        """
        end = time.monotonic() + LINGER
        self.sock.settimeout(LINGER)
        while time.monotonic() < end:
            self.buffer = b""
            self.fill()

    def wait(self, seconds):
        """Sleep, but not longer than the client stays.

        A client that has hung up makes its socket readable.
        """
        end = time.monotonic() + seconds
        watched = select.poll()
        watched.register(self.sock, select.POLLIN)
        while True:
            left = end - time.monotonic()
            if left <= 0:
                return
            if self.buffer or not watched.poll(left * 1000):
                time.sleep(max(0, min(left, 0.05)))
                continue
            self.fill()

    def reset(self):
        """Close with a TCP reset, without a word of TLS."""
        try:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        except OSError:
            pass
        self.sock.close()


def frame(request, answer, fault, keep_alive):
    """The bytes of an answer."""
    name = fault.fault if fault else None
    body = answer.encode(request.pretty if request else True)
    headers = {"Date": time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime()),
               "Vary": "Origin, X-Origin, Referer", "Server": "ESF", **answer.headers}
    bare = answer.status in (204, 304)
    if bare:
        body = b""
    else:
        headers["Content-Type"] = answer.content_type
        if name == "gzip" or (request and request.wants_gzip and len(body) >= GZIP_FROM):
            body = gzip.compress(body, 1)
            headers["Content-Encoding"] = "gzip"
    if request and request.method == "HEAD":
        body = b""
    if name == "chunked" and not bare:
        headers["Transfer-Encoding"] = "chunked"
        pieces = [body[i:i + 100] for i in range(0, len(body), 100)] + [b""]
        body = b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in pieces)
    elif not bare:
        headers["Content-Length"] = str(len(body))
    if not keep_alive:
        headers["Connection"] = "close"
    head = "HTTP/1.1 %d %s\r\n" % (answer.status, responses.get(answer.status, "Unknown"))
    head += "".join("%s: %s\r\n" % item for item in headers.items())
    return head.encode("latin-1") + b"\r\n", body


class Server:
    """Accepts connections; `handler` turns requests into answers.

    handler.open(request) is told of a request, handler.answer(request) gives
    (answer, fault), handler.close(request, answer, outcome) ends it.
    """

    def __init__(self, handler, port=0, tls=None):
        self.handler = handler
        self.tls = tls
        self.listener = socket.create_server(("127.0.0.1", port), backlog=512)
        self.port = self.listener.getsockname()[1]
        self.connections = 0

    def serve_forever(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                continue
            self.connections += 1
            threading.Thread(target=self.serve, args=(sock, self.connections),
                             daemon=True).start()

    def serve(self, sock, number):
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.settimeout(20)
            if self.tls:
                sock = self.tls.wrap_socket(sock, server_side=True)
            connection = Connection(sock, self.handler.idle_seconds())
            self.converse(connection, number)
        except (Closed, OSError, ssl.SSLError):
            pass
        finally:
            sock.close()

    def converse(self, connection, number):
        going = True
        while going:
            connection.sock.settimeout(self.handler.idle_seconds())
            try:
                request = connection.read_request()
            except BadRequest as error:
                head, body = frame(None, self.handler.refuse(error.status), None, False)
                connection.send(head + body)
                connection.drain()
                return
            request.connection = number
            going = self.respond(connection, request)

    def respond(self, connection, request):
        """Answer one request; False ends the connection."""
        outcome = "dropped"
        answer = None
        try:
            answer, fault = self.handler.answer(request, connection)
            keep_alive = self.deliver(connection, request, answer, fault)
            if answer is not None and not (fault and fault.fault.startswith("drop")):
                outcome = "sent"
            return keep_alive
        finally:
            self.handler.finish(request, answer, outcome)

    @staticmethod
    def deliver(connection, request, answer, fault):
        name = fault.fault if fault else None
        if name in ("drop_before_apply", "drop_after_apply"):
            if not fault.get("graceful", False):
                connection.reset()
            return False
        keep_alive = request.keep_alive and name != "connection_close"
        head, body = frame(request, answer, fault, keep_alive)
        if name == "truncate":
            connection.send(head + body[:int(fault.get("keep", len(body) // 2))])
            return False
        if name == "trickle":
            step = int(fault.get("bytes", 20))
            connection.send(head)
            for start in range(0, len(body), step):
                connection.send(body[start:start + step])
                connection.wait(float(fault.get("seconds", 0.05)))
            return keep_alive
        connection.send(head + body)
        return keep_alive
