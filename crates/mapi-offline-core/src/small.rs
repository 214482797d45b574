//! A sorted map that holds its first few entries in place.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

use smallvec::SmallVec;

/// A map in the order of its keys. Up to `N` entries stand in place, so that the usual one
/// (one transition, one open round, one client's references) costs no allocation and no search;
/// more of them go to a `BTreeMap`, so that none is ever slow.
#[derive(Clone, Debug)]
pub(crate) enum SmallMap<K, V, const N: usize> {
    Few(SmallVec<[(K, V); N]>),
    Many(BTreeMap<K, V>),
}

impl<K, V, const N: usize> Default for SmallMap<K, V, N> {
    fn default() -> Self {
        Self::Few(SmallVec::new())
    }
}

/// How many entries there ever were is no part of the value.
impl<K: Ord, V: PartialEq, const N: usize> PartialEq for SmallMap<K, V, N> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<K: Ord, V: Eq, const N: usize> Eq for SmallMap<K, V, N> {}

impl<K: Ord + Hash, V: Hash, const N: usize> Hash for SmallMap<K, V, N> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.len().hash(state);
        self.iter().for_each(|entry| entry.hash(state));
    }
}

impl<K: Ord, V, const N: usize> SmallMap<K, V, N> {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Few(few) => few.len(),
            Self::Many(many) => many.len(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline]
    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        match self {
            Self::Few(few) => few.iter().find(|(k, _)| k == key).map(|(_, value)| value),
            Self::Many(many) => many.get(key),
        }
    }

    #[inline]
    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        match self {
            Self::Few(few) => few
                .iter_mut()
                .find(|(k, _)| k == key)
                .map(|(_, value)| value),
            Self::Many(many) => many.get_mut(key),
        }
    }

    pub(crate) fn contains_key(&self, key: &K) -> bool {
        self.get(key).is_some()
    }

    /// Puts `value` in, and gives back what was there.
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        if let Some(known) = self.get_mut(&key) {
            return Some(std::mem::replace(known, value));
        }
        match self {
            Self::Few(few) if few.len() < N => {
                let place = few.iter().position(|(k, _)| *k > key);
                few.insert(place.unwrap_or(few.len()), (key, value));
            }
            Self::Few(few) => {
                let mut many: BTreeMap<K, V> = std::mem::take(few).into_iter().collect();
                many.insert(key, value);
                *self = Self::Many(many);
            }
            Self::Many(many) => _ = many.insert(key, value),
        }
        None
    }

    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        match self {
            Self::Few(few) => {
                let place = few.iter().position(|(k, _)| k == key)?;
                Some(few.remove(place).1)
            }
            Self::Many(many) => many.remove(key),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        let (few, many) = match self {
            Self::Few(few) => (Some(few.iter()), None),
            Self::Many(many) => (None, Some(many.iter())),
        };
        let few = few.into_iter().flatten().map(|(key, value)| (key, value));
        few.chain(many.into_iter().flatten())
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (&K, &mut V)> {
        let (few, many) = match self {
            Self::Few(few) => (Some(few.iter_mut()), None),
            Self::Many(many) => (None, Some(many.iter_mut())),
        };
        let few = few.into_iter().flatten().map(|(key, value)| (&*key, value));
        few.chain(many.into_iter().flatten())
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &K> {
        self.iter().map(|(key, _)| key)
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }

    /// Takes everything out, in order.
    pub(crate) fn take(&mut self) -> impl Iterator<Item = (K, V)> + use<K, V, N> {
        let (few, many) = match std::mem::take(self) {
            Self::Few(few) => (Some(few), None),
            Self::Many(many) => (None, Some(many)),
        };
        let many = many.into_iter().flatten();
        few.into_iter().flatten().chain(many)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_sorted_and_equal_whether_it_was_ever_large_or_not() {
        let mut large: SmallMap<u32, char, 2> = SmallMap::default();
        for (key, value) in [(3, 'c'), (1, 'a'), (2, 'b'), (1, 'd')] {
            large.insert(key, value);
        }
        assert_eq!(large.len(), 3);
        assert_eq!(large.keys().copied().collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(large.remove(&3), Some('c'));
        assert_eq!(large.remove(&3), None);
        let mut small: SmallMap<u32, char, 2> = SmallMap::default();
        small.insert(2, 'b');
        assert_ne!(small, large);
        small.insert(1, 'd');
        assert_eq!(small, large);
        assert_eq!(small.get(&1), Some(&'d'));
        assert_eq!(large.take().collect::<Vec<_>>(), [(1, 'd'), (2, 'b')]);
        assert!(large.is_empty());
    }
}
