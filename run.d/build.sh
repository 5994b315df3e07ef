# shellcheck shell=bash
#
# Building, and staging: the extension is installed under build/stage, never
# into the server's own directories.

pg_config=${PG_CONFIG:-pg_config}
stage=$top/build/stage

build()
{
	make --silent -j"$(nproc)" PG_CONFIG="$pg_config" >&2 || die "the build failed"
	staged || restage
}

# Only what is new is staged: servers that run may be reading the files.
staged()
{
	[ -f "$stage/stamp" ] &&
		[ -z "$(find timetap.control timetap*.sql timetap*.so -newer "$stage/stamp" -print -quit)" ]
}

restage()
{
	rm -rf "$stage"
	mkdir -p "$stage"
	make --silent PG_CONFIG="$pg_config" install DESTDIR="$stage" >&2 || die "the build cannot be staged"
	touch "$stage/stamp"
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
