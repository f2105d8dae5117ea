# Everyday commands. Each is one line that also works without `just`.

# Lists them.
default:
    @just --list

# Starts the server with everything embedded.
run *flags:
    cargo run --release -- {{flags}}

# All tests; PostgreSQL, Redis and Chromium are used where they are installed.
test:
    cargo test --workspace

# Checks the generated documents and the modules of the web client; needs Node.js 18.19 or newer.
documents:
    npm --prefix tests/documents ci
    npm --prefix tests/documents test

# What must be clean before a commit.
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings
    RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps

# Writes the OpenAPI document, the WebSocket catalogue and the lists of error codes and rate limits from
# the code.
openapi:
    cargo run -- openapi --out openapi

# Writes tests/statements.txt anew: how many statements each operation takes.
statements:
    REWRITE_STATEMENTS=1 cargo test -p e2e --test it statements

# All benchmarks; figures and methods stand in the crates' documentation.
bench:
    cargo bench --workspace

# Licences, bans and doubles, where cargo-deny is installed. `cargo test -p e2e --test architecture` holds
# the same rules without it.
deny:
    cargo deny check licenses bans sources
