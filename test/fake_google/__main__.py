"""The simulated Google Calendar: an HTTPS server for tests and the demo.

It checks what it is sent as strictly as Google does, keeps a log, and
misbehaves on command; see README.md beside this file.
"""

import argparse
import os
import signal
import ssl
import sys
import threading

sys.dont_write_bytecode = True

import certificates     # noqa: E402 (no bytecode is to be written)
import dispatcher       # noqa: E402
import http_server      # noqa: E402
import store            # noqa: E402


def parse_arguments():
    parser = argparse.ArgumentParser(prog="fake_google", description=__doc__)
    parser.add_argument("--dir", required=True,
                        help="directory for the port file and the made certificates")
    parser.add_argument("--port", type=int, default=0, help="0 = any free one")
    parser.add_argument("--tls-cert", help="server certificate (PEM); made if not given")
    parser.add_argument("--tls-key", help="its key")
    parser.add_argument("--tls-names", default=certificates.DEFAULT_NAMES,
                        help="subjectAltName of the made certificate")
    parser.add_argument("--plain", action="store_true", help="http instead of https")
    parser.add_argument("--exit-with-stdin", action="store_true",
                        help="end when standard input is closed")
    arguments = parser.parse_args()
    if bool(arguments.tls_cert) != bool(arguments.tls_key):
        parser.error("--tls-cert and --tls-key go together")
    return arguments


def make_tls(arguments):
    if arguments.plain:
        return None
    pair = (arguments.tls_cert, arguments.tls_key)
    if not arguments.tls_cert:
        pair = certificates.make(arguments.dir, arguments.tls_names)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    context.load_cert_chain(*pair)
    return context


def write_port(directory, port):
    """Atomically: whoever sees the file sees the whole number."""
    path = os.path.join(directory, "port")
    with open(path + ".new", "w", encoding="ascii") as file:
        file.write("%d\n" % port)
    os.replace(path + ".new", path)


def forget_port(directory):
    """The port of an earlier run is not to be taken for this one's."""
    try:
        os.unlink(os.path.join(directory, "port"))
    except FileNotFoundError:
        pass


def exit_with_stdin():
    while sys.stdin.buffer.read(65536):
        pass
    os._exit(0)


def main():
    arguments = parse_arguments()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: os._exit(0))
    os.makedirs(arguments.dir, exist_ok=True)
    forget_port(arguments.dir)
    state = store.Store()
    server = http_server.Server(dispatcher.Dispatcher(state), arguments.port,
                                make_tls(arguments))
    if arguments.exit_with_stdin:
        threading.Thread(target=exit_with_stdin, daemon=True).start()
    write_port(arguments.dir, server.port)
    print("ready port=%d" % server.port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
