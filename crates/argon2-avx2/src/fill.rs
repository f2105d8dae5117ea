//! Argon2id with one lane, as RFC 9106 describes it: the memory is filled block by block, each from
//! the one before and one further back, and the last one is hashed.

use argon2::{Block, Error, Params};
use blake2::{Blake2b256, Blake2b512, Digest};

use crate::block::mix;

/// Addresses in one block of them.
const ADDRESSES: usize = 128;
/// Quarters of the memory, which are filled one after another.
const SLICES: usize = 4;
/// In the first pass, addresses do not depend on the password up to here.
const INDEPENDENT_SLICES: usize = 2;

/// Where in the filling a block stands.
#[derive(Clone, Copy)]
struct BlockIndex {
    pass: usize,
    slice: usize,
    /// Blocks of a slice.
    length: usize,
    index: usize,
}

impl BlockIndex {
    fn current(self) -> usize {
        self.slice * self.length + self.index
    }

    fn blocks(self) -> usize {
        SLICES * self.length
    }

    fn previous(self) -> usize {
        self.current().checked_sub(1).unwrap_or(self.blocks() - 1)
    }

    fn is_independent(self) -> bool {
        self.pass == 0 && self.slice < INDEPENDENT_SLICES
    }

    /// The block further back that this pseudo-random word chooses.
    fn reference(self, random: u64) -> usize {
        let (area, start) = if self.pass == 0 {
            (self.current() - 1, 0)
        } else {
            let next_slice = (self.slice + 1) % SLICES;
            let area = self.blocks() - self.length + self.index - 1;
            (area, next_slice * self.length)
        };
        let low = random & u64::from(u32::MAX);
        let square = (low * low) >> 32;
        // The area is below 2^32, and so is what is taken from it.
        let back = ((area as u64 * square) >> 32) as usize;
        (start + area - 1 - back) % self.blocks()
    }
}

/// Hashes a password; see [`crate::Function::hash`].
#[target_feature(enable = "avx2")]
pub(crate) fn hash(
    params: &Params,
    password: &[u8],
    salt: &[u8],
    out: &mut [u8; 32],
    memory: &mut [Block],
) -> Result<(), Error> {
    let memory = memory.get_mut(..params.block_count());
    let memory = memory.ok_or(Error::MemoryTooLittle)?;
    begin(&first_hash(params, password, salt), memory);
    let length = memory.len() / SLICES;
    for pass in 0..params.t_cost() as usize {
        for slice in 0..SLICES {
            let at = BlockIndex {
                pass,
                slice,
                length,
                index: 0,
            };
            fill(at, params, memory).ok_or(Error::MemoryTooLittle)?;
        }
    }
    let last = memory.last().ok_or(Error::MemoryTooLittle)?;
    let mut hasher = Blake2b256::new();
    hasher.update(32_u32.to_le_bytes());
    for word in last.as_ref() {
        hasher.update(word.to_le_bytes());
    }
    *out = hasher.finalize().into();
    Ok(())
}

/// Fills one slice.
#[target_feature(enable = "avx2")]
fn fill(slice: BlockIndex, params: &Params, memory: &mut [Block]) -> Option<()> {
    let mut addresses = Addresses::new(slice, params);
    // The first two blocks come from the password itself.
    let first = if slice.pass == 0 && slice.slice == 0 {
        2
    } else {
        0
    };
    for index in first..slice.length {
        let at = BlockIndex { index, ..slice };
        let previous = memory.get(at.previous())?;
        let random = if at.is_independent() {
            addresses.at(index)?
        } else {
            *previous.as_ref().first()?
        };
        let mixed = mix(previous, memory.get(at.reference(random))?);
        let block = memory.get_mut(at.current())?;
        if at.pass == 0 {
            mixed.replace(block);
        } else {
            mixed.add_to(block);
        }
    }
    Some(())
}

/// Pseudo-random words that do not depend on the password.
struct Addresses {
    input: Block,
    words: Block,
    /// Which block of addresses that is, from 1.
    number: usize,
}

impl Addresses {
    fn new(at: BlockIndex, params: &Params) -> Self {
        let mut input = Block::new();
        let (pass, slice) = (at.pass as u64, at.slice as u64);
        let (blocks, passes) = (at.blocks() as u64, u64::from(params.t_cost()));
        // The lane, which is the only one, and at the end the number of Argon2id.
        let head = [pass, 0, slice, blocks, passes, 2];
        for (word, value) in input.as_mut().iter_mut().zip(head) {
            *word = value;
        }
        Self {
            input,
            words: Block::new(),
            number: 0,
        }
    }

    #[target_feature(enable = "avx2")]
    fn at(&mut self, index: usize) -> Option<u64> {
        let number = index / ADDRESSES + 1;
        if self.number != number {
            self.number = number;
            *self.input.as_mut().get_mut(6)? = number as u64;
            let zero = Block::new();
            mix(&zero, &self.input).replace(&mut self.words);
            mix(&zero, &self.words.clone()).replace(&mut self.words);
        }
        self.words.as_ref().get(index % ADDRESSES).copied()
    }
}

fn first_hash(params: &Params, password: &[u8], salt: &[u8]) -> [u8; 64] {
    let mut hasher = Blake2b512::new();
    let numbers = [1, 32, params.m_cost(), params.t_cost(), 0x13, 2];
    for number in numbers {
        hasher.update(number.to_le_bytes());
    }
    for text in [password, salt, &[], &[]] {
        // Both are far shorter than 4 GiB.
        hasher.update((text.len() as u32).to_le_bytes());
        hasher.update(text);
    }
    hasher.finalize().into()
}

/// The first two blocks.
fn begin(first_hash: &[u8; 64], memory: &mut [Block]) {
    for (number, block) in (0_u32..2).zip(memory) {
        let mut hasher = Blake2b512::new();
        hasher.update(1024_u32.to_le_bytes());
        hasher.update(first_hash);
        hasher.update(number.to_le_bytes());
        hasher.update(0_u32.to_le_bytes());
        lengthen(hasher.finalize().into(), block);
    }
}

/// A hash of 1 KiB: the first half of each of a chain of hashes, and the whole of the last one.
fn lengthen(mut hash: [u8; 64], block: &mut Block) {
    let (halves, last) = block.as_mut().as_chunks_mut::<8>().0.split_at_mut(15);
    for half in halves.iter_mut().flat_map(|two| two.as_chunks_mut::<4>().0) {
        write(half, &hash);
        hash = Blake2b512::digest(hash).into();
    }
    for whole in last {
        write(whole, &hash);
    }
}

fn write(words: &mut [u64], bytes: &[u8; 64]) {
    for (word, bytes) in words.iter_mut().zip(bytes.as_chunks::<8>().0) {
        *word = u64::from_le_bytes(*bytes);
    }
}
