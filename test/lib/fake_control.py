"""Carries a test's control requests to the simulated Google Calendar.

Perl's core has HTTP but no TLS; this has.  One JSON request a line on standard
input, [method, path, data or null]; one line a request on standard output,
[status, answer].  Ends with its standard input.
"""

import http.client
import json
import ssl
import sys


def main():
    port, authority = sys.argv[1:]
    context = ssl.create_default_context(cafile=authority)
    for line in sys.stdin:
        method, path, data = json.loads(line)
        connection = http.client.HTTPSConnection("localhost", int(port), context=context)
        connection.request(method, "/control/" + path,
                           None if data is None else json.dumps(data))
        answer = connection.getresponse()
        print(json.dumps([answer.status, json.loads(answer.read())]), flush=True)
        connection.close()


main()
