#!/usr/bin/env bash
# Builds pong.wasm from crates/pong-engine and this crate, without cargo and without network:
#   build.sh            writes pong.wasm beside this script
#   build.sh --compare  builds elsewhere and fails if pong.wasm has other bytes
# Needs Debian's rustc-web, rust-web-src and lld. The bytes depend on the compiler, so that another
# version than the one below only tests what it builds, with Node.js, and compares nothing.
set -euo pipefail
cd "$(dirname "$0")/../.."

compiler='rustc 1.96.0'
# By its path: rustup's proxy may stand before it.
rustc=${RUSTC:-$(dpkg -L rustc-web 2>/dev/null | grep 'bin/rustc$' || true)}
[ -x "$rustc" ] || { echo 'rustc-web is not installed' >&2; exit 1; }
library=$("$rustc" --print sysroot)/lib/rustlib/src/rust/library
[ -d "$library/core" ] || { echo 'rust-web-src is not installed' >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
libraries=$work/sysroot/lib/rustlib/wasm32-unknown-unknown/lib
mkdir -p "$libraries"

# The library is compiled from its sources, which only an unstable compiler does.
export RUSTC_BOOTSTRAP=1
compile() {
    "$rustc" --target wasm32-unknown-unknown --sysroot "$work/sysroot" --edition 2024 \
        -C opt-level=3 -C panic=abort -C embed-bitcode=yes -C codegen-units=1 "$@"
}
compile --crate-type rlib --crate-name core "$library/core/src/lib.rs" --out-dir "$libraries" \
    --cap-lints allow -Zforce-unstable-if-unmarked
compile --crate-type rlib --crate-name compiler_builtins --out-dir "$libraries" \
    "$library/compiler-builtins/compiler-builtins/src/lib.rs" \
    --cfg 'feature="compiler-builtins"' --cfg 'feature="mem"' --cfg 'feature="mem-unaligned"' \
    --cfg 'feature="unmangled-names"' --cap-lints allow -Zforce-unstable-if-unmarked
compile --crate-type rlib --crate-name pong_engine crates/pong-engine/src/lib.rs --out-dir "$work" \
    --cfg 'feature="bots"' -D warnings
compile --crate-type cdylib --crate-name pong_wasm crates/pong-wasm/src/lib.rs -D warnings \
    --extern "pong_engine=$work/libpong_engine.rlib" -o "$work/pong.wasm" \
    -C lto=fat -C strip=symbols -C linker="${WASM_LD:-wasm-ld}"

if [ "${1:-}" != --compare ]; then
    install -m 644 "$work/pong.wasm" crates/pong-wasm/pong.wasm
elif [[ $("$rustc" --version) == "$compiler"* ]]; then
    cmp "$work/pong.wasm" crates/pong-wasm/pong.wasm
else
    echo "pong.wasm was built with $compiler, not $("$rustc" --version): its bytes are not compared" >&2
    node crates/pong-wasm/tests/golden.mjs "$work/pong.wasm" crates/pong-engine/tests/data/golden.txt
fi
