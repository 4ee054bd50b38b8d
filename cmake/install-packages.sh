# Sourced by check and demo: makes sure that the named Debian packages are there, asking apt only for what is missing.
install_packages() {
    missing=""
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
    done
    [ -z "$missing" ] && return 0
    run=""
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || { echo "Missing packages:$missing. Install them as root, or install sudo." >&2; return 77; }
        run="sudo"
    fi
    echo "Installing:$missing" >&2
    $run env DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2
    # shellcheck disable=SC2086
    $run env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >&2
}

BUILD_PACKAGES="g++ cmake ninja-build pkg-config libfmt-dev libicu-dev libssl-dev libsqlite3-dev libcurl4-openssl-dev libisal-dev libxlsxwriter-dev rapidjson-dev \
libtomlplusplus-dev libcli11-dev libphonenumber-dev libgtest-dev libgmock-dev"
