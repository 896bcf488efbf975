# What bench/compare, bench/faults and bench/soak share; they source it. It finds what is missing,
# installs it from Debian (that wants root), and builds into artifacts/ (or $ARTIFACTS).
set -euo pipefail
root=$(realpath "$(dirname "${BASH_SOURCE[0]}")/..")
artifacts=$(realpath -m "${ARTIFACTS:-$root/artifacts}")
script=$(basename "$0")
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 PATH="$PATH:/usr/sbin:/sbin"

missing=()
command_of() { command -v "$1" >/dev/null || missing+=("$2"); }
file_of() { [[ -e $1 ]] || missing+=("$2"); }

# Debian starts a service when it installs it; policy-rc.d with 101 forbids that, and what was not
# here before is not started at the next boot either.
install() (
    if ((EUID != 0)); then
        echo "$script: not installed: $*; run it as root, or install them" >&2
        exit 1
    fi
    policy=/usr/sbin/policy-rc.d
    if [[ ! -e $policy ]]; then
        trap 'rm -f "$policy"' EXIT
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod +x "$policy"
    fi
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
    for service in dnsdist nginx; do
        if [[ " $* " == *" $service "* ]] && command -v systemctl >/dev/null; then
            systemctl --quiet disable "$service"
        fi
    done
)

# Installs what is missing; builds the yardsticks, the balancer and the load tool.
prepare() {
    command_of gcc gcc
    file_of /usr/include/stdio.h libc6-dev
    file_of /usr/include/zlib.h zlib1g-dev
    ((${#missing[@]} == 0)) || install "${missing[@]}"

    mkdir -p "$artifacts/yardstick"
    for yardstick in limit answer; do
        gcc -O2 -o "$artifacts/yardstick/$yardstick" "$root/bench/yardstick/$yardstick.c"
    done
    for project in src/Balancer.Daemon bench/Balancer.Load; do
        dotnet publish "$root/$project" -c Release --artifacts-path "$artifacts" --nologo -v quiet
    done
}

# Whether somebody only wants to read.
is_help() { [[ " $* " == *" --help "* || " $* " == *" -h "* ]]; }

# Builds a program of bench/ and becomes it: project, assembly, its arguments.
run() {
    dotnet build "$root/bench/$1" -c Release --artifacts-path "$artifacts" --nologo -v quiet >&2
    export DOTNET_ROOT="${DOTNET_ROOT:-$(dirname "$(realpath "$(command -v dotnet)")")}"
    exec dotnet "$artifacts/bin/$1/release/$2.dll" "${@:3}" \
        --balancer "$artifacts/publish/Balancer.Daemon/release/balancer" \
        --load "$artifacts/publish/Balancer.Load/release/balancer-load" \
        --yardsticks "$artifacts/yardstick" \
        --commit "$(git -C "$root" describe --always --dirty --abbrev=10 2>/dev/null || echo unknown)"
}
