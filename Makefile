# timetap: two libraries, one install script assembled from parts.
#
#   make && sudo make install        for people who install by hand or package
#   make installcheck                the tests against the installed extension: SQL and isolation tests
#                                    in the running server, the others in servers of their own
#   ./run test                       the same with everything installed and built

EXTENSION = timetap
TIMETAP_VERSION := $(shell sed -n "s/^default_version = '\(.*\)'/\1/p" timetap.control)

PG_CONFIG ?= pg_config
# Bitcode for inlining into queries would need clang wherever timetap is built.
override with_llvm := no

# The engine links nothing but the server.
MODULE_big = timetap
ENGINE_OBJS := $(sort $(patsubst %.c,%.o,$(wildcard src/engine/*.c)))
OBJS = $(ENGINE_OBJS)
ENGINE_HEADERS := $(wildcard src/engine/*.h)

# The worker's library has network and crypto.
WORKER_OBJS := $(sort $(patsubst %.c,%.o,$(wildcard src/worker/*.c src/worker/providers/*.c))) \
	src/engine/statements.o src/engine/errors.o
WORKER_HEADERS := $(wildcard src/worker/*.h src/worker/providers/*.h)

# The install script's parts, in the order they are installed.
SQL_PARTS = schema hosts hours event_types set_limits busy_times bookings connections \
	sync_queue slots days host_hours event_type_info explain pools suggest book change calendar worker rights
TIMETAP_SQL = timetap--$(TIMETAP_VERSION).sql
DATA_built = $(TIMETAP_SQL)

PG_CPPFLAGS = -I$(srcdir)/src/engine -DTIMETAP_VERSION='"$(TIMETAP_VERSION)"'
SHLIB_LINK = -Wl,--version-script=$(srcdir)/src/timetap.map

REGRESS = $(sort $(patsubst sql/%.sql,%,$(wildcard sql/*.sql)))
ISOLATION = $(sort $(patsubst test/specs/%.spec,%,$(wildcard test/specs/*.spec)))
ISOLATION_OPTS = --inputdir=$(srcdir)/test
TAP_TESTS = 1
PROVE_TESTS = test/t/*.pl
# for the servers that those start
export TEMP_CONFIG ?= $(CURDIR)/test/preload.conf

EXTRA_CLEAN = timetap_worker.so $(WORKER_OBJS) $(TIMETAP_SQL) build

PGXS := $(shell $(PG_CONFIG) --pgxs)
srcdir = .
include $(PGXS)

all: timetap_worker.so
install: install-worker
uninstall: uninstall-worker

$(ENGINE_OBJS): $(ENGINE_HEADERS) timetap.control Makefile
$(WORKER_OBJS): $(ENGINE_HEADERS) $(WORKER_HEADERS) timetap.control Makefile
timetap.so: src/timetap.map

timetap_worker.so: $(WORKER_OBJS) src/timetap.map
	$(CC) $(CFLAGS) -shared -o $@ $(WORKER_OBJS) $(LDFLAGS) $(LDFLAGS_SL) \
		-Wl,--version-script=$(srcdir)/src/timetap.map -lcurl -lcrypto

.PHONY: install-worker uninstall-worker
install-worker: timetap_worker.so | installdirs
	$(INSTALL_SHLIB) timetap_worker.so '$(DESTDIR)$(pkglibdir)/timetap_worker.so'
uninstall-worker:
	rm -f '$(DESTDIR)$(pkglibdir)/timetap_worker.so'

$(TIMETAP_SQL): $(SQL_PARTS:%=src/engine/%.sql) Makefile
	cat $(SQL_PARTS:%=src/engine/%.sql) > $@
