//! Real images, and files that pretend to be images.

use image::{Rgb, RgbImage, Rgba, RgbaImage};
use proptest::prelude::*;

use super::*;

/// Left half red, right half blue.
fn halves(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| {
        if x < width / 2 {
            Rgb([220, 20, 20])
        } else {
            Rgb([20, 20, 220])
        }
    })
}

fn file(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn upload(format: ImageFormat) -> Vec<u8> {
    file(&halves(64, 48).into(), format)
}

fn process(bytes: &[u8]) -> Result<EncodedAvatar, &'static str> {
    let format = detect_format(bytes).map_err(|error| error.code().name)?;
    reencode(bytes, format).map_err(|error| error.code().name)
}

fn pixels(avatar: &EncodedAvatar) -> RgbImage {
    image::load_from_memory(&avatar.bytes).unwrap().to_rgb8()
}

fn is_red(pixel: &Rgb<u8>) -> bool {
    pixel.0[0] > 150 && pixel.0[2] < 100
}

/// A PNG chunk with its checksum.
fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let body = [kind.as_slice(), data].concat();
    let length = u32::try_from(data.len()).unwrap().to_be_bytes();
    [&length[..], &body, &crc32(&body).to_be_bytes()].concat()
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg())
        })
    })
}

/// A PNG whose header claims a size, and which contains hardly anything.
fn png_bomb(width: u32, height: u32) -> Vec<u8> {
    let header = [
        &width.to_be_bytes()[..],
        &height.to_be_bytes(),
        &[8, 2, 0, 0, 0],
    ]
    .concat();
    let empty = [0x78, 0x9C, 0x03, 0, 0, 0, 0, 1];
    let png = b"\x89PNG\r\n\x1a\n".to_vec();
    [
        png,
        chunk(b"IHDR", &header),
        chunk(b"IDAT", &empty),
        chunk(b"IEND", b""),
    ]
    .concat()
}

/// A JPEG with an Exif orientation and an end marker inside it, as previews have.
fn turned(orientation: u8) -> Vec<u8> {
    let jpeg = upload(ImageFormat::Jpeg);
    let tiff = [
        b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".as_slice(),
        &[orientation, 0, 0, 0, 0, 0, 0],
        &[0xFF, 0xD9],
    ]
    .concat();
    let length = u16::try_from(tiff.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xFF, 0xE1], &length, &tiff, &jpeg[2..]].concat()
}

#[test]
fn reencode_makes_a_square_of_every_format() {
    for format in [
        ImageFormat::Png,
        ImageFormat::Jpeg,
        ImageFormat::WebP,
        ImageFormat::Gif,
    ] {
        let avatar = process(&upload(format)).unwrap();
        assert_eq!(avatar.format, AvatarFormat::Jpeg, "{format:?}");
        assert_eq!(AvatarFormat::of(&avatar.bytes), AvatarFormat::Jpeg);
        let pixels = pixels(&avatar);
        assert_eq!(pixels.dimensions(), (SIDE, SIDE));
        assert!(is_red(pixels.get_pixel(20, 128)));
        assert!(!is_red(pixels.get_pixel(236, 128)));
    }
}

#[test]
fn reencode_keeps_transparency() {
    let image = RgbaImage::from_pixel(10, 10, Rgba([10, 200, 10, 100]));
    let avatar = process(&file(&image.into(), ImageFormat::Png)).unwrap();
    assert_eq!(avatar.format, AvatarFormat::Png);
    assert_eq!(AvatarFormat::of(&avatar.bytes), AvatarFormat::Png);
    assert_eq!(avatar.format.media_type(), "image/png");
    let back = image::load_from_memory(&avatar.bytes).unwrap().to_rgba8();
    assert_eq!(back.get_pixel(5, 5).0[3], 100);
}

#[test]
fn reencode_accepts_sixteen_bit_and_grey_images() {
    let deep = DynamicImage::ImageRgb8(halves(20, 20)).to_rgb16();
    assert!(process(&file(&deep.into(), ImageFormat::Png)).is_ok());
    let grey = DynamicImage::ImageRgb8(halves(20, 20)).to_luma8();
    assert!(process(&file(&grey.into(), ImageFormat::Png)).is_ok());
    assert!(process(&file(&halves(1, 1).into(), ImageFormat::Png)).is_ok());
}

#[test]
fn reencode_applies_the_exif_orientation() {
    let upright = pixels(&process(&turned(1)).unwrap());
    let upside_down = pixels(&process(&turned(3)).unwrap());
    assert!(is_red(upright.get_pixel(20, 128)));
    assert!(!is_red(upside_down.get_pixel(20, 128)));
}

#[test]
fn reencode_drops_metadata_and_trailing_data() {
    let secret = b"GPS 52.52N <script>alert(1)</script>";
    let png = upload(ImageFormat::Png);
    let (head, rest) = png.split_at(33);
    let noted = [
        head,
        &chunk(b"tEXt", &[b"Comment\0", secret.as_slice()].concat()),
        rest,
    ]
    .concat();
    for polyglot in [
        noted,
        [upload(ImageFormat::Gif), secret.to_vec()].concat(),
        [
            upload(ImageFormat::Jpeg),
            secret.to_vec(),
            b"PK\x05\x06".to_vec(),
        ]
        .concat(),
    ] {
        let avatar = process(&polyglot).unwrap();
        assert!(!avatar.bytes.windows(8).any(|window| window == b"<script>"));
        assert!(!avatar.bytes.windows(3).any(|window| window == b"GPS"));
    }
}

#[test]
fn detect_format_refuses_other_files() {
    for bytes in [
        &b""[..],
        b"\x89PN",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<html>",
        b"BM\0\0",
        b"%PDF-1.7",
        b"MZ",
        b"II*\0",
    ] {
        assert_eq!(process(bytes), Err("users.avatar_wrong_type"));
    }
    assert_eq!(
        process(b"GIF89a\x0a\0\x0a\0<script>alert(1)</script>"),
        Err("users.avatar_broken")
    );
}

#[test]
fn detect_format_refuses_too_many_bytes() {
    assert_eq!(
        process(&vec![0x89; MAX_BYTES + 1]),
        Err("users.avatar_too_large")
    );
}

#[test]
fn decode_refuses_bombs_by_their_header() {
    for (width, height) in [
        (60_000, 60_000),
        (8_192, 8_192),
        (8_193, 1),
        (1, 100_000),
        (u32::MAX >> 1, 1),
    ] {
        assert_eq!(
            process(&png_bomb(width, height)),
            Err("users.avatar_too_many_pixels"),
            "{width}"
        );
    }
    assert_eq!(process(&png_bomb(0, 10)), Err("users.avatar_broken"));
}

#[test]
fn decode_refuses_truncated_files() {
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
        let whole = upload(format);
        for length in [20, whole.len() / 2, whole.len() - 20] {
            assert!(
                process(&whole[..length]).is_err(),
                "{format:?} cut to {length}"
            );
        }
    }
    let turned = turned(3);
    assert_eq!(
        process(&turned[..turned.len() - 2]),
        Err("users.avatar_broken")
    );
}

#[test]
fn version_depends_on_the_content() {
    let version = |orientation| process(&turned(orientation)).unwrap().version;
    assert_eq!(version(1), version(1));
    assert_ne!(version(1), version(3));
    assert_eq!(version(1).len(), 16);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn reencode_survives_flipped_bytes(at in 0_usize..10_000, to in any::<u8>(), kind in 0_usize..4) {
        let formats = [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Gif];
        let mut bytes = upload(formats[kind]);
        let at = at % bytes.len();
        bytes[at] = to;
        if let Ok(avatar) = process(&bytes) {
            prop_assert_eq!(pixels(&avatar).dimensions(), (SIDE, SIDE));
        }
    }
}
