# shellcheck shell=bash
# To be sourced: rooms, that is Debian roots in namespaces of their own, with a first process of
# our choice: processes, mounts, network, host name and cgroups are theirs. All ends with that
# first process; room_close ends it, by its id.
#
# Of this machine a room needs the right to make namespaces (CAP_SYS_ADMIN), and systemd in a room
# also a cgroup tree that can be written. room_possible says what is missing.

room=          # the id, here, of the first process of the room
room_keeper=   # of unshare, which ends it when ended
room_cgroup=   # the folder of its cgroups

# Where this machine has cgroups of version 2, alone or beside those of version 1.
cgroup_root() {
    local place
    for place in /sys/fs/cgroup /sys/fs/cgroup/unified; do
        if [ -e "$place/cgroup.procs" ] && [ -e "$place/cgroup.controllers" ]; then
            echo "$place"
            return
        fi
    done
    return 1
}

# Nothing, or why there can be no rooms here.
room_possible() {
    local probe
    if ! unshare --pid --mount --net --uts --ipc --cgroup --fork true 2>/dev/null; then
        echo "namespaces cannot be made here (CAP_SYS_ADMIN)"
    elif ! probe=$(cgroup_root); then
        echo "there are no cgroups of version 2 here"
    elif ! mkdir "$probe/balancer-probe-$$" 2>/dev/null; then
        echo "cgroups cannot be made here ($probe)"
    else
        rmdir "$probe/balancer-probe-$$"
    fi
}

# room_open ROOT COMMAND...: COMMAND becomes the first process of a room whose / is ROOT.
room_open() {
    room_begin "$(dirname "${BASH_SOURCE[0]}")/furnish" "$@"
    patiently 30 test -e "/proc/$room/root/run/furnished"
}

# room_open_bare ROOT USER COMMAND...: the same for a root that has nothing but this command; with
# what an engine gives it: /proc and /dev, and port 53 for everybody.
room_open_bare() {
    # shellcheck disable=SC2016
    room_begin bash -c 'mount --make-rprivate / && mount -t proc proc "$0/proc" &&
        mount -t tmpfs tmpfs "$0/dev" && mknod -m 666 "$0/dev/urandom" c 1 9 &&
        mknod -m 666 "$0/dev/null" c 1 3 && ip link set lo up &&
        echo 0 >/proc/sys/net/ipv4/ip_unprivileged_port_start &&
        exec chroot --userspec="$1" "$0" "${@:2}"' "$@"
}

room_begin() {
    local base
    base=$(cgroup_root)
    room_cgroup=$base/balancer-room-$$
    mkdir "$room_cgroup"
    (
        echo "$BASHPID" >"$room_cgroup/cgroup.procs"
        exec unshare --pid --mount --net --uts --ipc --cgroup --fork --kill-child "$@"
    ) &
    room_keeper=$!
    room=
    until room=$(cat "/proc/$room_keeper/task/$room_keeper/children" 2>/dev/null) \
        && [ -n "$room" ]; do
        kill -0 "$room_keeper" || return 1
        sleep 0.05
    done
    room=${room%% *}
}

# in_room COMMAND...: runs it in the room, as root there.
in_room() {
    nsenter --target "$room" --all --root --wd env -i \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
}

# near_room COMMAND...: runs a program of this machine in the room's network.
near_room() {
    nsenter --target "$room" --net "$@"
}

room_close() {
    [ -n "$room_keeper" ] || return 0
    # The first process takes all others of the room with it, and the mounts.
    [ -z "$room" ] || kill -KILL "$room" 2>/dev/null || true
    kill -KILL "$room_keeper" 2>/dev/null || true
    wait "$room_keeper" 2>/dev/null || true
    room_keeper='' room=''
    for _ in $(seq 100); do
        find "$room_cgroup" -depth -type d -exec rmdir {} + 2>/dev/null || true
        [ -e "$room_cgroup" ] || break
        sleep 0.1
    done
    [ ! -e "$room_cgroup" ] || echo "left behind: $room_cgroup" >&2
    room_cgroup=
}

# patiently SECONDS COMMAND...: again and again until it succeeds.
patiently() {
    local until=$((SECONDS + $1))
    shift
    until "$@"; do
        if ((SECONDS >= until)) || ! kill -0 "$room"; then
            echo "did not come about: $*" >&2
            return 1
        fi
        sleep 0.2
    done
}
