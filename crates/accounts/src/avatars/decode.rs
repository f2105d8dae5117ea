//! Decoding and re-encoding of uploaded images.

use std::io::Cursor;

use bytes::Bytes;
use data_encoding::HEXLOWER;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use kernel::AppError;
use sha2::{Digest, Sha256};

use crate::error::Error;

/// The maximum size of an upload in bytes.
pub(crate) const MAX_BYTES: usize = 5 * 1024 * 1024;
/// The maximum number of pixels of an upload.
pub(crate) const MAX_PIXELS: u64 = 24_000_000;
/// The maximum width and height of an upload.
pub(crate) const MAX_SIDE: u32 = 8_192;
/// The width and height of a stored avatar.
pub(crate) const SIDE: u32 = 256;
/// The memory for an image of the maximum size in the widest pixel format, and some more.
const MAX_MEMORY: u64 = MAX_PIXELS * 8 + 64 * 1024 * 1024;
const JPEG_QUALITY: u8 = 86;

/// The format of a stored avatar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AvatarFormat {
    /// With transparency.
    Png,
    /// Without transparency.
    Jpeg,
}

impl AvatarFormat {
    /// The media type.
    #[must_use]
    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
        }
    }

    /// Detects the format of a stored avatar.
    #[must_use]
    pub(crate) fn of(bytes: &[u8]) -> Self {
        if bytes.starts_with(b"\x89PNG") {
            Self::Png
        } else {
            Self::Jpeg
        }
    }
}

/// A re-encoded avatar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EncodedAvatar {
    /// The file.
    pub(crate) bytes: Bytes,
    /// The format.
    pub(crate) format: AvatarFormat,
    /// A version derived from the content, so that the image can be cached forever.
    pub(crate) version: String,
}

/// Checks the size of an upload and detects its format by its first bytes, whatever its name.
pub(super) fn detect_format(upload: &[u8]) -> Result<ImageFormat, Error> {
    if upload.len() > MAX_BYTES {
        return Err(Error::AvatarTooLarge);
    }
    match image::guess_format(upload) {
        Ok(
            format @ (ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP | ImageFormat::Gif),
        ) => Ok(format),
        _ => Err(Error::AvatarWrongType),
    }
}

/// Decodes an upload within its limits and encodes it again.
pub(super) fn reencode(upload: &[u8], format: ImageFormat) -> Result<EncodedAvatar, AppError> {
    if format == ImageFormat::Jpeg && is_truncated(upload) {
        return Err(Error::AvatarBroken.into());
    }
    let image = decode(upload, format)?;
    let image = image.resize_to_fill(SIDE, SIDE, FilterType::CatmullRom);
    encode(&image)
}

fn decode(upload: &[u8], format: ImageFormat) -> Result<DynamicImage, AppError> {
    let mut reader = ImageReader::with_format(Cursor::new(upload), format);
    reader.limits(limits());
    let mut decoder = reader.into_decoder().map_err(decoding_error)?;
    // Taken from the header: nothing is decompressed yet.
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(Error::AvatarTooManyPixels.into());
    }
    let orientation = decoder.orientation().map_err(decoding_error)?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(decoding_error)?;
    image.apply_orientation(orientation);
    Ok(image)
}

fn limits() -> Limits {
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_MEMORY);
    limits
}

fn decoding_error(error: image::ImageError) -> AppError {
    let code = match error {
        image::ImageError::Limits(_) => Error::AvatarTooManyPixels,
        _ => Error::AvatarBroken,
    };
    AppError::from(code).with_source(error)
}

/// Whether a JPEG is truncated, which the decoder would fill with grey. A complete one has an end
/// marker behind its last scan (an embedded preview has one of its own, before them).
fn is_truncated(jpeg: &[u8]) -> bool {
    let last = |mark: [u8; 2]| jpeg.windows(2).rposition(|pair| pair == mark);
    last([0xFF, 0xD9]) < last([0xFF, 0xDA])
}

fn encode(image: &DynamicImage) -> Result<EncodedAvatar, AppError> {
    let rgba = image.to_rgba8();
    let opaque = rgba.pixels().all(|pixel| pixel.0.last() == Some(&u8::MAX));
    let mut bytes = Vec::new();
    let (format, written) = if opaque {
        let encoder = JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY);
        (
            AvatarFormat::Jpeg,
            image.to_rgb8().write_with_encoder(encoder),
        )
    } else {
        (
            AvatarFormat::Png,
            rgba.write_with_encoder(PngEncoder::new(&mut bytes)),
        )
    };
    written.map_err(AppError::internal)?;
    let digest = Sha256::digest(&bytes);
    let version = HEXLOWER.encode(digest.get(..8).unwrap_or_default());
    Ok(EncodedAvatar {
        bytes: bytes.into(),
        format,
        version,
    })
}

#[cfg(test)]
#[path = "decode_tests.rs"]
mod tests;
