//! A sorted map that holds its first entry in place.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

/// A map in the order of its keys, whose first entry stands in place: the usual case of one (one
/// transition, one open round, one client's references) costs no allocation and no search. What
/// comes after it is in a `BTreeMap`, so that many are not slow either.
#[derive(Clone, Debug)]
pub(crate) struct SmallMap<K, V> {
    /// The entry with the least key. `None`: the map is empty.
    first: Option<(K, V)>,
    rest: BTreeMap<K, V>,
}

impl<K, V> Default for SmallMap<K, V> {
    fn default() -> Self {
        Self {
            first: None,
            rest: BTreeMap::new(),
        }
    }
}

impl<K: Ord, V: PartialEq> PartialEq for SmallMap<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.first == other.first && self.rest == other.rest
    }
}

impl<K: Ord, V: Eq> Eq for SmallMap<K, V> {}

impl<K: Ord + Hash, V: Hash> Hash for SmallMap<K, V> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.first.hash(state);
        self.rest.hash(state);
    }
}

impl<K: Ord, V> SmallMap<K, V> {
    pub(crate) fn len(&self) -> usize {
        usize::from(self.first.is_some()) + self.rest.len()
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    #[inline]
    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        match &self.first {
            Some((first, value)) if first == key => Some(value),
            None => None,
            Some(_) if self.rest.is_empty() => None,
            Some(_) => self.rest.get(key),
        }
    }

    #[inline]
    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        match &mut self.first {
            Some((first, value)) if first == key => Some(value),
            None => None,
            Some(_) if self.rest.is_empty() => None,
            Some(_) => self.rest.get_mut(key),
        }
    }

    pub(crate) fn contains_key(&self, key: &K) -> bool {
        self.get(key).is_some()
    }

    /// Puts `value` in, and gives back what was there.
    #[inline]
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        match &mut self.first {
            None => {
                self.first = Some((key, value));
                None
            }
            Some((first, known)) if *first == key => Some(std::mem::replace(known, value)),
            Some((first, _)) if *first < key => self.rest.insert(key, value),
            Some(_) => {
                if let Some((later, other)) = self.first.replace((key, value)) {
                    self.rest.insert(later, other);
                }
                None
            }
        }
    }

    #[inline]
    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        match &self.first {
            Some((first, _)) if first == key => {
                let next = if self.rest.is_empty() {
                    None
                } else {
                    self.rest.pop_first()
                };
                std::mem::replace(&mut self.first, next).map(|(_, value)| value)
            }
            None => None,
            Some(_) => self.rest.remove(key),
        }
    }

    /// Removes what is there, and does not move it.
    #[inline]
    pub(crate) fn discard(&mut self, key: &K) {
        match &self.first {
            Some((first, _)) if first == key && self.rest.is_empty() => self.first = None,
            _ => drop(self.remove(key)),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        let first = self.first.iter().map(|(key, value)| (key, value));
        first.chain(&self.rest)
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (&K, &mut V)> {
        let first = self.first.iter_mut().map(|(key, value)| (&*key, value));
        first.chain(&mut self.rest)
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &K> {
        self.iter().map(|(key, _)| key)
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }

    /// Takes everything out, in order.
    pub(crate) fn take(&mut self) -> impl Iterator<Item = (K, V)> + use<K, V> {
        let Self { first, rest } = std::mem::take(self);
        first.into_iter().chain(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_sorted_map_whatever_comes_and_goes() {
        let mut map: SmallMap<u32, char> = SmallMap::default();
        for (key, value) in [(3, 'c'), (1, 'a'), (2, 'b'), (1, 'd')] {
            map.insert(key, value);
        }
        let keys = |map: &SmallMap<u32, char>| map.keys().copied().collect::<Vec<_>>();
        assert_eq!(keys(&map), [1, 2, 3]);
        assert_eq!(map.get(&3), Some(&'c'));
        assert_eq!(map.get(&4), None);
        assert_eq!(map.remove(&1), Some('d'));
        assert_eq!(map.remove(&1), None);
        assert_eq!(keys(&map), [2, 3]);
        let mut other: SmallMap<u32, char> = SmallMap::default();
        other.insert(2, 'b');
        assert_ne!(map, other);
        other.insert(3, 'c');
        assert_eq!(map, other);
        assert_eq!(map.remove(&3), Some('c'));
        map.discard(&1);
        map.insert(4, 'd');
        map.discard(&4);
        assert_eq!(map.take().collect::<Vec<_>>(), [(2, 'b')]);
        assert!(map.is_empty());
    }
}
