//! The start of a PostgreSQL session that libpq regards as one without TLS.
//!
//! Over TLS a server offers to bind passwords to its certificate (`SCRAM-SHA-256-PLUS`), and libpq refuses
//! that offer on a connection that it regards as plain. So the offer is left out. The password is
//! verified by `SCRAM-SHA-256` then; libpq says truthfully that it does not support binding.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// The longest message that is read; servers accept no longer startup message than 10,000 bytes.
const MAX_LEN: u32 = 16_384;
/// The code of an authentication message that lists mechanisms.
const SASL: [u8; 4] = [0, 0, 0, 10];
const BOUND: &[u8] = b"SCRAM-SHA-256-PLUS";

/// Passes on the startup message, and the messages of the server up to its first decision.
pub(crate) async fn pass_on(
    client: &mut (impl AsyncRead + AsyncWrite + Unpin),
    server: &mut (impl AsyncRead + AsyncWrite + Unpin),
) -> io::Result<()> {
    let startup = read_body(client).await?;
    server.write_all(&framed(None, &startup)?).await?;
    server.flush().await?;
    loop {
        let kind = server.read_u8().await?;
        let mut body = read_body(server).await?;
        if kind == b'R' {
            body = without_binding(body);
        }
        client.write_all(&framed(Some(kind), &body)?).await?;
        // An authentication request or an error; what precedes them are notices.
        if matches!(kind, b'R' | b'E') {
            return Ok(());
        }
    }
}

/// A message without its length.
async fn read_body(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let length = from.read_u32().await?;
    if !(4..=MAX_LEN).contains(&length) {
        return Err(io::Error::other("a message has an impossible length"));
    }
    let mut body = vec![0; (length - 4) as usize];
    from.read_exact(&mut body).await?;
    Ok(body)
}

fn framed(kind: Option<u8>, body: &[u8]) -> io::Result<Vec<u8>> {
    let length = u32::try_from(body.len() + 4).map_err(io::Error::other)?;
    let kind = kind.as_slice();
    Ok([kind, &length.to_be_bytes(), body].concat())
}

/// Leaves the mechanism with binding out of a list, which ends with an empty name.
fn without_binding(body: Vec<u8>) -> Vec<u8> {
    let Some(names) = body.strip_prefix(&SASL) else {
        return body;
    };
    let kept = names.split_inclusive(|byte| *byte == 0);
    let kept = kept.filter(|name| name.strip_suffix(&[0]) != Some(BOUND));
    [&SASL[..], &kept.collect::<Vec<_>>().concat()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sasl(names: &[u8]) -> Vec<u8> {
        [&SASL[..], names].concat()
    }

    #[test]
    fn without_binding_leaves_one_mechanism_out() {
        let both = sasl(b"SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0");
        assert_eq!(without_binding(both), sasl(b"SCRAM-SHA-256\0\0"));
        for unchanged in [
            sasl(b"SCRAM-SHA-256\0\0"),
            sasl(b"SCRAM-SHA-256-PLUS2\0\0"),
            sasl(b""),
            vec![0, 0, 0, 0],
            vec![0, 0, 0, 5, 1, 2, 3, 4],
            vec![],
        ] {
            assert_eq!(without_binding(unchanged.clone()), unchanged);
        }
    }

    /// What the client receives from a server with these messages, and what the server receives.
    async fn relayed(from_server: &[u8], from_client: &[u8]) -> (io::Result<()>, Vec<u8>, Vec<u8>) {
        let (mut client, mut near) = tokio::io::duplex(64 * 1024);
        let (mut server, mut far) = tokio::io::duplex(64 * 1024);
        client.write_all(from_client).await.unwrap();
        client.shutdown().await.unwrap();
        server.write_all(from_server).await.unwrap();
        server.shutdown().await.unwrap();
        let passed = pass_on(&mut near, &mut far).await;
        drop((near, far));
        let (mut received, mut sent) = (vec![], vec![]);
        client.read_to_end(&mut received).await.unwrap();
        server.read_to_end(&mut sent).await.unwrap();
        (passed, received, sent)
    }

    #[tokio::test]
    async fn pass_on_stops_after_the_first_decision() {
        let startup = framed(None, b"user\0ann\0\0").unwrap();
        let notice = framed(Some(b'v'), b"some").unwrap();
        let offer = framed(Some(b'R'), &sasl(b"SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0")).unwrap();
        let rest = b"not read";
        let from_server = [&notice[..], &offer, rest].concat();
        let (passed, received, sent) = relayed(&from_server, &startup).await;
        passed.unwrap();
        assert_eq!(sent, startup);
        let plain = framed(Some(b'R'), &sasl(b"SCRAM-SHA-256\0\0")).unwrap();
        assert_eq!(received, [notice, plain].concat());
    }

    #[tokio::test]
    async fn pass_on_refuses_impossible_lengths_and_early_ends() {
        let startup = framed(None, b"user").unwrap();
        for wrong in [[0, 0, 0, 3], [0xFF; 4], [0, 1, 0, 0]] {
            assert!(relayed(b"", &wrong).await.0.is_err());
            let from_server = [&b"R"[..], &wrong].concat();
            assert!(relayed(&from_server, &startup).await.0.is_err());
        }
        assert!(relayed(b"R", &startup).await.0.is_err());
    }
}
