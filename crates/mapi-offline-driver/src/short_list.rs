//! Lists that are short as a rule, and quickly copied.

use std::ops::{Deref, DerefMut};

use smallvec::SmallVec;

/// A list of values that stands in place as long as there are at most `N`. A copy of it is a copy
/// of its memory, where that of a `SmallVec` goes item by item: explorers copy very many.
#[derive(Debug)]
pub struct ShortList<T: Copy, const N: usize>(SmallVec<[T; N]>);

impl<T: Copy, const N: usize> Clone for ShortList<T, N> {
    #[inline]
    fn clone(&self) -> Self {
        Self(SmallVec::from_slice(&self.0))
    }
}

impl<T: Copy, const N: usize> Default for ShortList<T, N> {
    fn default() -> Self {
        Self(SmallVec::new())
    }
}

impl<T: Copy, const N: usize> FromIterator<T> for ShortList<T, N> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self(items.into_iter().collect())
    }
}

impl<T: Copy, const N: usize> Deref for ShortList<T, N> {
    type Target = SmallVec<[T; N]>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<T: Copy, const N: usize> DerefMut for ShortList<T, N> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}
