# shellcheck shell=bash
#
# Building, and staging: the extension is installed under build/stage, never
# into the server's own directories.

pg_config=${PG_CONFIG:-pg_config}
stage=$top/build/stage

build()
{
	mkdir -p "$stage"
	make --silent -j"$(nproc)" PG_CONFIG="$pg_config" >&2 &&
		make --silent PG_CONFIG="$pg_config" install DESTDIR="$stage" >&2 ||
		die "the build failed"
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
