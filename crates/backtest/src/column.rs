//! A column of numbers: our own, or lent by the caller for as long as the run needs it.

use std::fmt::Debug;
use std::ops::Deref;

/// Someone who owns a column and keeps it alive and unchanged.
pub trait Lender<T>: Debug + Send + Sync {
    /// The whole column.
    fn column(&self) -> &[T];
}

/// A column; reads as a slice. What is lent is never copied.
#[derive(Debug)]
pub enum Column<T> {
    /// Ours.
    Owned(Vec<T>),
    /// Somebody else's.
    Lent(Box<dyn Lender<T>>),
}

impl<T> Deref for Column<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        match self {
            Self::Owned(values) => values,
            Self::Lent(lender) => lender.column(),
        }
    }
}

impl<T> From<Vec<T>> for Column<T> {
    fn from(values: Vec<T>) -> Self {
        Self::Owned(values)
    }
}

impl<'a, T> IntoIterator for &'a Column<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
