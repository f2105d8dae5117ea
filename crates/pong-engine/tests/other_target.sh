#!/bin/sh
# Does another kind of machine give the same hashes? Compiles the crate, the golden hashes and the
# batch for a target, with nothing but rustc, and runs them there or under an emulator.
#
#   rustup target add i686-unknown-linux-gnu         # and a linker: apt install gcc-multilib
#   tests/other_target.sh i686-unknown-linux-gnu
#
#   rustup target add s390x-unknown-linux-gnu        # big-endian
#   apt install gcc-s390x-linux-gnu qemu-user
#   RUSTFLAGS="-C linker=s390x-linux-gnu-gcc" RUNNER="qemu-s390x -L /usr/s390x-linux-gnu" \
#       tests/other_target.sh s390x-unknown-linux-gnu
#
#   rustup target add wasm32-wasip1
#   RUNNER=wasmtime tests/other_target.sh wasm32-wasip1
#
# Environment: RUSTC, RUSTFLAGS, RUNNER (put before each program).
set -eu
target=${1:?usage: other_target.sh TARGET}
here=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

compile() {
    # Flags are several words.
    # shellcheck disable=SC2086
    "${RUSTC:-rustc}" --edition 2024 -O --cfg 'feature="batch"' --target "$target" \
        ${RUSTFLAGS:-} "$@"
}

compile --crate-type rlib --crate-name pong_engine "$here/src/lib.rs" -o "$work/libpong_engine.rlib"
for test in golden anywhere; do
    compile --test "$here/tests/$test.rs" --extern "pong_engine=$work/libpong_engine.rlib" \
        -o "$work/$test"
    # shellcheck disable=SC2086
    ${RUNNER:-} "$work/$test"
done
