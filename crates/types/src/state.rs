//! State as bytes and back: a small, canonical codec, written by hand so that no library decides what our bytes mean.
//!
//! Integers are little-endian and of fixed width, floats their bits, an option a byte before its value, a list its length
//! before its items; a struct is its fields in order. The same state is the same bytes in every process.
//! [`sealed`] puts a magic word, a version and the length before them and a checksum (FNV-1a, 64 bits) after. Each step of
//! FNV-1a is a bijection of the running sum, so that no single changed byte goes unseen.

use crate::Fault;

const MAGIC: [u8; 8] = *b"SLUICEST";
const HEAD: usize = 20;

/// Something that can be written as bytes and read back.
pub trait State: Sized {
    /// Appends itself.
    fn put(&self, to: &mut Vec<u8>);
    /// Reads itself from the front of `from`.
    ///
    /// # Errors
    /// [`Fault::BadData`] where the bytes end early or mean nothing.
    fn take(from: &mut &[u8]) -> Result<Self, Fault>;
}

fn bad(what: &str) -> Fault {
    Fault::BadData(format!("saved state: {what}"))
}

/// The bytes of a state under a version, with head and checksum.
pub fn sealed(version: u32, state: &impl State) -> Vec<u8> {
    let mut body = Vec::new();
    state.put(&mut body);
    let mut bytes = Vec::with_capacity(HEAD + body.len() + 8);
    bytes.extend_from_slice(&MAGIC);
    version.put(&mut bytes);
    (body.len() as u64).put(&mut bytes);
    bytes.extend_from_slice(&body);
    checksum(&bytes).put(&mut bytes);
    bytes
}

/// The state in sealed bytes.
///
/// # Errors
/// [`Fault::BadData`] names what is wrong: not ours, another version, cut off, or changed.
pub fn unsealed<S: State>(version: u32, bytes: &[u8]) -> Result<S, Fault> {
    if bytes.len() < HEAD + 8 || bytes[..8] != MAGIC {
        return Err(bad("these bytes are none, or they are cut off"));
    }
    let (mut head, end) = (&bytes[8..HEAD], bytes.len() - 8);
    let (theirs, length) = (u32::take(&mut head)?, u64::take(&mut head)?);
    if theirs != version {
        return Err(Fault::BadData(format!(
            "saved state: it is of version {theirs} and this code reads {version}; use the code that wrote it"
        )));
    }
    if u64::take(&mut &bytes[end..])? != checksum(&bytes[..end]) {
        return Err(bad("its checksum is wrong: it was changed or damaged"));
    }
    let mut body = &bytes[HEAD..end];
    if length != body.len() as u64 {
        return Err(bad("its length is wrong"));
    }
    let state = S::take(&mut body)?;
    if !body.is_empty() {
        return Err(bad("something follows its end"));
    }
    Ok(state)
}

fn checksum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |sum, &byte| {
        (sum ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

fn cut<'a>(from: &mut &'a [u8], size: usize) -> Result<&'a [u8], Fault> {
    let (part, rest) = from
        .split_at_checked(size)
        .ok_or_else(|| bad("it ends early"))?;
    *from = rest;
    Ok(part)
}

macro_rules! integers {
    ($($kind:ty),+) => { $(
        impl State for $kind {
            fn put(&self, to: &mut Vec<u8>) {
                to.extend_from_slice(&self.to_le_bytes());
            }
            fn take(from: &mut &[u8]) -> Result<Self, Fault> {
                let bytes = cut(from, size_of::<Self>())?;
                bytes.try_into().map(Self::from_le_bytes).map_err(|_| bad("it ends early"))
            }
        }
    )+ };
}
integers!(u8, u32, u64, i64, i128);

impl State for usize {
    fn put(&self, to: &mut Vec<u8>) {
        (*self as u64).put(to);
    }
    fn take(from: &mut &[u8]) -> Result<Self, Fault> {
        Self::try_from(u64::take(from)?).map_err(|_| bad("a number is too large"))
    }
}

impl State for f64 {
    fn put(&self, to: &mut Vec<u8>) {
        self.to_bits().put(to);
    }
    fn take(from: &mut &[u8]) -> Result<Self, Fault> {
        u64::take(from).map(Self::from_bits)
    }
}

impl State for bool {
    fn put(&self, to: &mut Vec<u8>) {
        u8::from(*self).put(to);
    }
    fn take(from: &mut &[u8]) -> Result<Self, Fault> {
        match u8::take(from)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(bad("a yes or no is neither")),
        }
    }
}

impl<T: State> State for Option<T> {
    fn put(&self, to: &mut Vec<u8>) {
        self.is_some().put(to);
        if let Some(value) = self {
            value.put(to);
        }
    }
    fn take(from: &mut &[u8]) -> Result<Self, Fault> {
        bool::take(from)?.then(|| T::take(from)).transpose()
    }
}

impl<T: State> State for Vec<T> {
    fn put(&self, to: &mut Vec<u8>) {
        self.len().put(to);
        for item in self {
            item.put(to);
        }
    }
    fn take(from: &mut &[u8]) -> Result<Self, Fault> {
        let count = usize::take(from)?;
        if count > from.len() {
            return Err(bad("a list is longer than all that follows"));
        }
        (0..count).map(|_| T::take(from)).collect()
    }
}

impl State for String {
    fn put(&self, to: &mut Vec<u8>) {
        self.len().put(to);
        to.extend_from_slice(self.as_bytes());
    }
    fn take(from: &mut &[u8]) -> Result<Self, Fault> {
        let size = usize::take(from)?;
        let bytes = cut(from, size)?;
        Self::from_utf8(bytes.to_vec()).map_err(|_| bad("a text is not UTF-8"))
    }
}

/// A struct as its fields, in the order given; one that is left out does not compile.
#[macro_export]
macro_rules! state_of {
    ($name:ty { $($field:tt),+ $(,)? }) => {
        impl $crate::state::State for $name {
            fn put(&self, to: &mut Vec<u8>) {
                $( $crate::state::State::put(&self.$field, to); )+
            }
            fn take(from: &mut &[u8]) -> Result<Self, $crate::Fault> {
                Ok(Self { $( $field: $crate::state::State::take(from)? ),+ })
            }
        }
    };
}
