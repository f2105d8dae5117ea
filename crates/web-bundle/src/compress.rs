//! Compression as small as it gets. It takes its time, so it is done once, when the server is built.

use std::io::{self, Write};

use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::GzEncoder;

/// Compresses with Brotli.
///
/// # Errors
/// The encoder fails, which does not happen in practice.
pub fn brotli(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let parameters = BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        size_hint: bytes.len(),
        ..BrotliEncoderParams::default()
    };
    let mut compressed = vec![];
    brotli::BrotliCompress(&mut &*bytes, &mut compressed, &parameters)?;
    Ok(compressed)
}

/// Compresses with gzip.
///
/// # Errors
/// The encoder fails, which does not happen in practice.
pub fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(vec![], Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn compressed_bytes_decompress_to_the_same() {
        let text = "export const answer = 42;\n".repeat(100).into_bytes();
        let mut unzipped = vec![];
        let zipped = gzip(&text).unwrap();
        flate2::read::GzDecoder::new(&zipped[..])
            .read_to_end(&mut unzipped)
            .unwrap();
        let mut decompressed = vec![];
        let brotli = brotli(&text).unwrap();
        brotli::BrotliDecompress(&mut &brotli[..], &mut decompressed).unwrap();
        assert!(unzipped == text && decompressed == text);
        assert!(brotli.len() < zipped.len() && zipped.len() < text.len() / 10);
    }
}
