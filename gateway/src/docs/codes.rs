//! The catalogue of refusals as a page.

use std::fmt::Write;

use http_kit::failure::status;

use crate::error_codes;

const START: &str = "\
# Error codes

Every refusal has one of these codes in `error.code`. The status follows from the code. This page
is written by `courtside openapi`; a test keeps it true.

| code | status | meaning |
|---|---|---|
";

/// The catalogue as the file it is kept in.
#[must_use]
pub fn catalogue() -> String {
    let mut page = START.to_owned();
    for code in error_codes::codes() {
        let status = status(code.kind).as_u16();
        let _infallible = writeln!(page, "| `{}` | {status} | {} |", code.name, code.meaning);
    }
    page
}
