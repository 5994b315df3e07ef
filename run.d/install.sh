# shellcheck shell=bash
#
# Packages: what is missing is installed, and nothing else is changed.

packages=(make gcc libc6-dev postgresql postgresql-server-dev-all libcurl4-openssl-dev
	libssl-dev ca-certificates libipc-run-perl python3 openssl)
lint_packages=(clang clang-tidy cppcheck shellcheck)
fuzz_packages=(clang libclang-rt-dev)

# Without this, the first installation of Debian's server also makes and
# starts a cluster on port 5432, which timetap neither needs nor wants to leave
# behind.  The setting is taken back as soon as the packages are there.
no_cluster=/etc/postgresql-common/createcluster.d/timetap-install.conf

install_packages()		# [package..]: these beside the usual ones
{
	local package missing=()

	if ! command -v dpkg-query >/dev/null
	then
		command -v pg_config >/dev/null ||
			die "this is no Debian: install what run.d/install.sh lists by hand"
		return
	fi
	for package in "${packages[@]}" "$@"
	do
		[ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
			missing+=("$package")
	done
	[ ${#missing[@]} -eq 0 ] || apt_install "${missing[@]}"
}

apt_install()
{
	local sudo=() log

	if [ "$(id -u)" -ne 0 ]
	then
		command -v sudo >/dev/null || die "missing packages: apt-get install $*"
		sudo=(sudo)
	fi
	say "installing $*"
	log=$(mktemp)
	if ! "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive no_cluster="$no_cluster" \
		sh -c "$apt_script" apt_install "$@" </dev/null >"$log" 2>&1
	then
		tail -n 40 "$log" >&2
		rm -f "$log"
		die "could not install $*"
	fi
	rm -f "$log"
}

# shellcheck disable=SC2016
apt_script='
	set -e
	if ! dpkg-query -W postgresql-common >/dev/null 2>&1
	then
		mkdir -p "${no_cluster%/*}"
		trap "rm -f $no_cluster" EXIT
		echo "create_main_cluster = false" > "$no_cluster"
	fi
	apt-get -q update
	apt-get -q -y --no-install-recommends install "$@"
'
