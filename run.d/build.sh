# shellcheck shell=bash
#
# Building, and staging: the extension is installed under build/stage, never
# into the server's own directories.

pg_config=${PG_CONFIG:-pg_config}
stage=$top/build/stage

build()
{
	local log

	mkdir -p "$stage"
	log=$(mktemp)
	if ! { make -j"$(nproc)" PG_CONFIG="$pg_config" &&
		make PG_CONFIG="$pg_config" install DESTDIR="$stage"; } >"$log" 2>&1
	then
		cat "$log" >&2
		rm -f "$log"
		die "the build failed"
	fi
	rm -f "$log"
}

# The settings with which a server finds the staged extension.
stage_settings()
{
	cat <<-SETTINGS
		extension_destdir = '$stage'
		dynamic_library_path = '$stage$("$pg_config" --pkglibdir):\$libdir'
		shared_preload_libraries = 'timetap'
	SETTINGS
}
