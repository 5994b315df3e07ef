"""Tests of the simulated Google itself: python3 test/fake_google/selftest.py

They talk to a running server over TLS; section by section they check that it
is as strict as the real one.
"""

import sys
import unittest

sys.dont_write_bytecode = True

import selftest_client          # noqa: E402 (no bytecode is to be written)
import selftest_events          # noqa: E402
import selftest_reading         # noqa: E402
import selftest_requests        # noqa: E402
import selftest_transport       # noqa: E402

MODULES = (selftest_events, selftest_requests, selftest_reading, selftest_transport)


def load_tests(loader, _tests, _pattern):
    return unittest.TestSuite(loader.loadTestsFromModule(m) for m in MODULES)


def main():
    program = unittest.main(exit=False)
    selftest_client.SHARED["client"].close()
    printed = selftest_client.SHARED["server"].stop()
    if printed:
        print("the server printed:\n" + printed, file=sys.stderr)
    sys.exit(not program.result.wasSuccessful() or bool(printed))


if __name__ == "__main__":
    main()
