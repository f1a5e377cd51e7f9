#!/usr/bin/env bash
#
# Builds the images where there is no Docker engine, runs them, and prints times and sizes.
#
#   docker/build-without-docker.sh [FOLDER]
#
# Needs root on Debian, some 30 GB in FOLDER (default: a temporary one, removed at the end), and the network for Debian's
# packages and Maven Central. The base is made by debootstrap instead of fetched, and containers run by chroot, so what
# is shown is that the Dockerfile and the images work, not that Docker does.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [ $# = 0 ]; then
  work=$(mktemp -d)
  trap 'b rm --all > /dev/null; b rmi --all --force > /dev/null; rm -rf "$work"' EXIT
else
  mkdir -p "$1"
  work=$(cd "$1" && pwd)
fi

say() { printf '\n== %s (after %d s)\n' "$*" "$SECONDS"; }

b() { buildah --root "$work/storage" --runroot "$work/run" "$@"; }

size() { b images --format '{{.Name}}:{{.Tag}} {{.Size}}' "$1"; }

build() { # target, image, more options
  local target=$1 image=$2 log=$work/${2//:/-}.log
  shift 2
  local options=(--isolation chroot --network host --pull-never --format docker --layers
    -f docker/Dockerfile --target "$target" -t "$image" --build-arg BASE=localhost/base)
  # Java trusts whom this machine's Java trusts.
  if [ -r /etc/ssl/certs/java/cacerts ]; then
    options+=(-v /etc/ssl/certs/java/cacerts:/trust:ro --build-arg JAVA_TOOL_OPTIONS=-Djavax.net.ssl.trustStore=/trust)
  fi
  b build "${options[@]}" "$@" . > "$log" 2>&1 || { tail -n 50 "$log" && exit 1; }
  size "$image"
}

config() { b inspect --type image --format "{{range .OCIv1.Config.$2}}{{.}}
{{end}}" "$1" | sed '/^$/d'; }

# Runs as `docker run --rm --read-only --network none --tmpfs FOLDER:exec ...` does, by the image's user and environment.
run() { # image, writable folders, arguments
  local image=$1 folders=$2 container environment entry
  shift 2
  container=$(b from --pull-never "$image")
  mapfile -t environment < <(config "$image" Env)
  mapfile -t entry < <(config "$image" Entrypoint)
  unshare --net --mount --pid --fork bash -euc '
    root=$1 user=$2 place=$3 folders=$4
    shift 4
    ip link set lo up
    mount --bind "$root" "$root"
    mount -o remount,bind,ro "$root"
    mount --rbind /dev "$root/dev"
    mount -t proc proc "$root/proc"
    mount --bind /etc/hosts "$root/etc/hosts"
    for folder in $folders; do mount -t tmpfs -o mode=1777 tmpfs "$root$folder"; done
    exec chroot --userspec="$user" "$root" env -i -C "$place" "$@"
  ' - "$(b mount "$container")" \
    "$(b inspect --type image --format '{{.OCIv1.Config.User}}' "$image")" \
    "$(b inspect --type image --format '{{.OCIv1.Config.WorkingDir}}' "$image")" \
    "$folders" HOME=/home/contexture "${environment[@]}" "${entry[@]}" "$@"
  b rm "$container" > /dev/null
}

if ! command -v buildah > /dev/null || ! command -v debootstrap > /dev/null; then
  say "buildah and debootstrap"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends buildah debootstrap > /dev/null
fi

say "A base by debootstrap"
if ! b inspect --type image localhost/base > /dev/null 2>&1; then
  debootstrap --variant=minbase bookworm "$work/base" http://deb.debian.org/debian > "$work/base.log"
  # As in debian:bookworm-slim.
  rm -rf "$work"/base/usr/share/{doc,info,locale,man}/* "$work"/base/var/{cache/apt/archives,lib/apt/lists}/*
  container=$(b from scratch)
  b add -q "$container" "$work/base" / > /dev/null
  b commit -q --rm --format docker "$container" base > /dev/null
  rm -rf "$work/base"
fi
size base

say "The image for processors"
build cpu contexture:cpu

say "Its user"
b run --isolation chroot "$(b from --pull-never contexture:cpu)" -- \
  sh -c 'id && ! find /opt /usr /etc -xdev -writable ! -type l 2> /dev/null | grep .'

say "Its self-test, without a network and with nothing to write to but /tmp"
run contexture:cpu /tmp doctor

say "The main job"
run contexture:cpu "/tmp /work" pretrain --steps 50

say "The image for GPUs"
build gpu contexture:gpu

say "Its self-test, without a GPU"
run contexture:gpu /tmp doctor

say "The main job, without a GPU"
run contexture:gpu "/tmp /work" pretrain --steps 50

say "What it loads for GPUs"
b run --isolation chroot --env LD_DEBUG=files "$(b from --pull-never contexture:gpu)" -- contexture doctor 2>&1 \
  | sed -n 's/.*file=\(.*\(cudart\|djl_torch\|c10_cuda\|torch_cuda\).*\) \[0\];  dynamically loaded by .*/\1/p'

say "The notebook image"
# The kernel of the tests, since JJava's is not reached from everywhere.
kernel=$work/kernel
mkdir -p "$kernel/classes"
version() { sed -n "s|.*<artifactId>$1</artifactId><version>\(.*\)</version>.*|\1|p" pom.xml; }
dependency() { echo "<dependency><groupId>$1</groupId><artifactId>$2</artifactId><version>$(version "$2")</version></dependency>"; }
cat > "$work/kernel.pom" <<END
<project>
  <modelVersion>4.0.0</modelVersion><groupId>kernel</groupId><artifactId>kernel</artifactId><version>1</version>
  <dependencies>
    $(dependency io.github.spencerpark jupyter-jvm-basekernel)
    $(dependency com.google.code.gson gson)
  </dependencies>
</project>
END
./mvnw -B -q -f "$work/kernel.pom" dependency:copy-dependencies -DoutputDirectory="$kernel/lib"
javac -nowarn -cp "$kernel/lib/*" -d "$kernel/classes" \
  contexture-examples/src/test/java/ai/contexture/notebook/{CellControl,Cells,TestKernel}.java
cat > "$kernel/kernel.json" <<'END'
{
  "argv": ["java", "-Xmx1g", "-Dai.djl.pytorch.graph_optimizer=false", "-cp", "{resource_dir}/classes:{resource_dir}/lib/*",
           "ai.contexture.notebook.TestKernel", "{connection_file}"],
  "display_name": "Java",
  "language": "java",
  "interrupt_mode": "message"
}
END
jar --create --no-manifest --file docker/kernel.zip -C "$kernel" .
build notebook contexture:notebook --build-arg KERNEL=docker/kernel.zip
rm docker/kernel.zip

say "A notebook"
run contexture:notebook "/tmp /home/contexture /work/runs" \
  jupyter nbconvert --to notebook --execute --output-dir /tmp 01-quickstart.ipynb

say "Jupyter's health check, and that it asks for the token"
run contexture:notebook "/tmp /home/contexture /work/runs" bash -euc '
  jupyter notebook --ip=0.0.0.0 --no-browser 2> /tmp/log &
  until grep -q "token=" /tmp/log; do sleep 1; done
  python3 -c "
import urllib.request, urllib.error
print(urllib.request.urlopen(\"http://127.0.0.1:8888/api\").read().decode())
try:
  urllib.request.urlopen(\"http://127.0.0.1:8888/api/contents\")
  raise SystemExit(\"it answers to anybody\")
except urllib.error.HTTPError as refused:
  print(refused)"'

say "Done"
