#!/bin/sh
# Fuzzes a target (restore, replay, wire, batch) with stable Rust and libFuzzer:
#
#   fuzz/run.sh restore -max_total_time=300
#
# `cargo fuzz run restore --sanitizer none` does the same; no sanitizer is needed, as the crate has
# no unsafe code that it could watch.
set -eu
target=${1:?usage: run.sh restore|replay|wire|batch [libFuzzer options]}
shift
cd "$(dirname "$0")"
coverage="-sanitizer-coverage-level=4 -sanitizer-coverage-inline-8bit-counters
    -sanitizer-coverage-pc-table -sanitizer-coverage-trace-compares
    -simplifycfg-branch-fold-threshold=0"
flags="-Cpasses=sancov-module -Ccodegen-units=1 --cfg fuzzing"
for argument in $coverage; do
    flags="$flags -Cllvm-args=$argument"
done
# With a target given, build scripts and macros go without the flags.
host=$(rustc -vV | sed -n 's/^host: //p')
mkdir -p "corpus/$target"
RUSTFLAGS=$flags cargo build --release --target "$host" --bin "$target"
exec "target/$host/release/$target" -max_len=400 "$@" "corpus/$target" "seeds/$target"
