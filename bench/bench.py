#!/usr/bin/env python3
"""timetap beside what one would write instead: one table of one run.

    bench.py PROGRAMS [quick]

PROGRAMS is the directory of slotbench and bookbench; PGHOST and PGUSER name a
server with the extension, jit off and timetap.now before the data's t0.
./run bench makes all that.  The exit status is 1 when a measure with a bound
does not keep it.
"""

import collections
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))

DataSet = collections.namedtuple(
    "DataSet", "hosts bookings busy past_days future_days future_share allday")
DATA = {
    "h1": DataSet(1, 100000, 5000, 2400, 365, 0.1, 1),
    "h100": DataSet(100, 2000, 400, 900, 365, 0.4, 0),
    "h10k": DataSet(10000, 200, 40, 300, 60, 0.4, 0),
    "h100k": DataSet(100000, 20, 10, 100, 30, 0.4, 0),
}
QUICK_DATA = {"h100": DATA["h100"], "h10k": DATA["h10k"]._replace(hosts=2000)}

# How many hosts the floor has answers for, see peers.sql.
MEASURED_HOSTS = 1000

# most: what timetap's time may be, as a part of b2's in the same run; None:
# shown, not judged.
Measure = collections.namedtuple("Measure", "title data options statements most")
MEASURES = (
    Measure("slots(), 30 days", "h10k", "-g -w 30", "slots", 0.50),
    Measure("slots(), 1 day", "h10k", "-g -w 1", "slots", None),
    Measure("slots(), 30 days", "h100", "-g -w 30", "slots", None),
    Measure("slots(), 365 days", "h100", "-g -w 365", "slots", None),
    Measure("slots(), 30 days", "h100k", "-g -w 30", "slots", None),
    Measure("slots(), 1 day", "h1", "-g -w 1", "slots", None),
    Measure("slots(), 30 days", "h1", "-g -w 30", "slots", None),
    Measure("not prepared, 1 day", "h10k", "-u -w 1", "slots", None),
    Measure("not prepared, 30 days", "h10k", "-u -w 30", "slots", None),
    Measure("first call of a session, 30 days", "h10k", "-c -w 30", "slots", None),
    Measure("next_slots(), the first of 14 days", "h10k", "-g -w 14", "first_slot", None),
)
PEERS = ("a", "c", "b2", "b2c", "b2p", "floor")

# book() by many sessions.  exact: so many slots must be booked, no more and no
# fewer; where slots overlap it depends on who came first.
Race = collections.namedtuple("Race", "title clients slots rounds options exact statements environment")
RACES = (
    Race("16 clients, same 50 slots, same order", 16, 50, 50, "-o same -t 30", True, "book", {}),
    Race("16 clients, same 50 slots, random order", 16, 50, 50, "-o random -t 30", True, "book", {}),
    Race("16 clients, 50 overlapping slots", 16, 50, 50, "-o random -t 15", False, "book", {}),
    Race("16 clients, a host each", 16, 100, 10, "-o hosts -t 30", True, "book", {}),
    Race("1 client, synchronous_commit off", 1, 500, 5, "-o hosts -t 30", True, "book",
         {"PGOPTIONS": "-c synchronous_commit=off"}),
)
# Where inserts deadlock, each deadlock takes deadlock_timeout: few rounds.
NAIVE_RACE = Race("16 clients, same 50 slots, deadlock_timeout 20 ms", 16, 50, 5, "-o same -t 30", False,
                  "book_naive", {"PGOPTIONS": "-c deadlock_timeout=20ms"})
FIRST_BOOKING_HOST = 1000001


def say(text=""):
    print(text, flush=True)


def run(command, **more):
    return subprocess.run(command, check=True, text=True, stdin=subprocess.DEVNULL, **more)


def psql(database, *arguments):
    return run(["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", database, *arguments],
               stdout=subprocess.PIPE).stdout.strip()


def table(program, arguments, environment=None):
    """The rows that slotbench or bookbench prints, by name."""
    output = run([program, *arguments], stdout=subprocess.PIPE,
                 env={**os.environ, **(environment or {})}).stdout
    lines = [line.split("\t") for line in output.splitlines()]
    return {line[0]: dict(zip(lines[0], line)) for line in lines[1:]}


def statements(name):
    return os.path.join(HERE, "statements", name)


def load(name, data):
    """Make the database, and say that all ways agree on it."""
    database = "bench_" + name
    psql("postgres", "-c", "CREATE DATABASE " + database)
    sizes = ["-v%s=%s" % item for item in data._asdict().items()]
    for script in ("data.sql", "peers.sql", "timetap.sql"):
        psql(database, *sizes, "-f", os.path.join(HERE, script))
    psql(database, "-c", "CHECKPOINT")
    return psql(database, "-f", os.path.join(HERE, "check.sql"))


class Bench:
    def __init__(self, programs, quick):
        self.programs = programs
        self.quick = quick
        self.data = QUICK_DATA if quick else DATA
        self.processor = max(os.sched_getaffinity(0))
        self.booking_host = FIRST_BOOKING_HOST
        self.failures = 0

    def judge(self, kept):
        if kept is None:
            return ""
        self.failures += not kept
        return "kept" if kept else "NOT KEPT"

    def slots(self):
        say("\nMicroseconds a call, medians, client and server on one processor. a: naive SQL, c: PL/pgSQL loop,\n"
            "b2: best SQL (multiranges), b2c: the same over a btree, b2p: b2 with its plan forced, floor: the answer\n"
            "itself read from a table; ratio: timetap / b2.\n")
        say("%-35s %-6s %6s" % ("measure", "data", "slots") + "".join("%9s" % name for name in PEERS)
            + "%9s %6s %5s" % ("timetap", "ratio", "must"))
        for measure in MEASURES:
            if measure.data in self.data:
                self.measure(measure)

    def measure(self, measure):
        hosts = min(self.data[measure.data].hosts, MEASURED_HOSTS)
        batches, batch_ms = (9, 20) if self.quick else (21, 40)
        rows = table(os.path.join(self.programs, "slotbench"),
                     ["-d", "bench_" + measure.data, "-H", str(hosts), "-p", str(self.processor),
                      "-n", str(batches), "-b", str(batch_ms), *measure.options.split(),
                      statements(measure.statements)])
        timetap = rows["timetap"]
        ratio = float(timetap["wall_ratio"])
        kept = None if measure.most is None else ratio <= measure.most
        say("%-35s %-6s %6.0f" % (measure.title, measure.data, float(timetap["rows"]))
            + "".join("%9s" % (rows[name]["wall_us"] if name in rows else "") for name in PEERS)
            + "%9s %6.2f %5s %s" % (timetap["wall_us"], ratio,
                                    "" if measure.most is None else "%.2f" % measure.most, self.judge(kept)))

    def bookings(self):
        say("\nBooking half hours: attempts a second, what came of them, milliseconds an attempt. book() must book every\n"
            "slot once, without an error.\n")
        say("%-50s %-12s %10s %7s %8s %8s %8s %8s  %s" % ("race", "how", "attempts/s", "booked", "taken", "mean ms",
                                                          "p99 ms", "longest", "errors"))
        for race in RACES + (() if self.quick else (NAIVE_RACE,)):
            self.race(race._replace(rounds=max(race.rounds // 5, 2)) if self.quick else race)
        overlaps = psql("bench_h10k", "-c", """SELECT count(*) FROM timetap.bookings a JOIN timetap.bookings b
            ON a.host_id = b.host_id AND a.id < b.id AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at""")
        say("\noverlapping pairs among timetap's bookings: %s %s" % (overlaps, self.judge(overlaps == "0")))

    def race(self, race):
        # every statement takes hosts of its own; timetap's must exist
        hosts = race.rounds * (race.clients if "hosts" in race.options else 1) * len(PEERS)
        psql("bench_h10k", "-c", "SELECT tb.add_booking_hosts(%d, %d)" % (self.booking_host, hosts))
        rows = table(os.path.join(self.programs, "bookbench"),
                     ["-d", "bench_h10k", "-c", str(race.clients), "-k", str(race.slots), "-r", str(race.rounds),
                      "-H", str(self.booking_host), *race.options.split(), statements(race.statements)],
                     race.environment)
        self.booking_host += hosts
        for name, row in rows.items():
            kept = None
            if name == "timetap":
                wanted = race.slots * race.rounds * (race.clients if "hosts" in race.options else 1)
                kept = not row["errors"] and (not race.exact or int(row["booked"]) == wanted)
            say("%-50s %-12s %10s %7s %8s %8s %8s %8s  %s%s" % (
                race.title, name, row["attempts_s"], row["booked"], row["taken"], row["mean_ms"], row["p99_ms"],
                row["max_ms"], row["errors"], self.judge(kept)))

    def run(self):
        for name, data in self.data.items():
            say("loading %s: %d hosts x %d bookings" % (name, data.hosts, data.bookings))
            say("  " + load(name, data))
        self.slots()
        self.bookings()
        say("\nall bounds kept" if not self.failures else "\nbounds not kept: %d" % self.failures)
        return 1 if self.failures else 0


def main():
    if len(sys.argv) not in (2, 3) or sys.argv[2:] not in ([], ["quick"]):
        sys.exit(__doc__)
    return Bench(sys.argv[1], quick=sys.argv[2:] == ["quick"]).run()


if __name__ == "__main__":
    sys.exit(main())
