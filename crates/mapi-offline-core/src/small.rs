//! A sorted map that holds its first entries in place.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

/// A map in the order of its keys, whose first `N` entries stand in place: the usual case of one
/// (one transition, one open round) or a few (the clients with references) costs no allocation and
/// no search. What comes after them is in a `BTreeMap`, so that many are not slow either.
#[derive(Clone, Debug)]
pub(crate) struct SmallMap<K, V, const N: usize = 1> {
    /// The entries with the least keys, in order, and `None` behind them.
    few: [Option<(K, V)>; N],
    /// Empty as long as there is a `None` in `few`.
    rest: BTreeMap<K, V>,
}

impl<K, V, const N: usize> Default for SmallMap<K, V, N> {
    fn default() -> Self {
        Self {
            few: [const { None }; N],
            rest: BTreeMap::new(),
        }
    }
}

impl<K: Ord, V: PartialEq, const N: usize> PartialEq for SmallMap<K, V, N> {
    fn eq(&self, other: &Self) -> bool {
        self.few == other.few && self.rest == other.rest
    }
}

impl<K: Ord, V: Eq, const N: usize> Eq for SmallMap<K, V, N> {}

impl<K: Ord + Hash, V: Hash, const N: usize> Hash for SmallMap<K, V, N> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.few.hash(state);
        self.rest.hash(state);
    }
}

impl<K: Ord, V, const N: usize> SmallMap<K, V, N> {
    pub(crate) fn len(&self) -> usize {
        self.few.iter().take_while(|entry| entry.is_some()).count() + self.rest.len()
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.few[0].is_none()
    }

    #[inline]
    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        for entry in &self.few {
            match entry {
                Some((known, value)) if known == key => return Some(value),
                Some(_) => {}
                None => return None,
            }
        }
        if self.rest.is_empty() {
            return None;
        }
        self.rest.get(key)
    }

    #[inline]
    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        for entry in &mut self.few {
            match entry {
                Some((known, value)) if known == key => return Some(value),
                Some(_) => {}
                None => return None,
            }
        }
        if self.rest.is_empty() {
            return None;
        }
        self.rest.get_mut(key)
    }

    /// How many keys are less than `key`.
    pub(crate) fn rank(&self, key: &K) -> usize {
        let few = self.few.iter().map_while(Option::as_ref);
        let few = few.take_while(|(known, _)| known < key).count();
        if self.rest.is_empty() {
            return few;
        }
        few + self.rest.range(..key).count()
    }

    pub(crate) fn contains_key(&self, key: &K) -> bool {
        self.get(key).is_some()
    }

    /// Puts `value` in, and gives back what was there.
    #[inline]
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        let before = |entry: &Option<(K, V)>| entry.as_ref().is_some_and(|(known, _)| *known < key);
        let Some(place) = self.few.iter().position(|entry| !before(entry)) else {
            return self.rest.insert(key, value);
        };
        if let Some((known, old)) = &mut self.few[place]
            && *known == key
        {
            return Some(std::mem::replace(old, value));
        }
        // Those behind it move on by one, the last of them to the rest.
        let mut moved = self.few[place].replace((key, value));
        for entry in &mut self.few[place + 1..] {
            moved.as_ref()?;
            std::mem::swap(entry, &mut moved);
        }
        if let Some((later, other)) = moved {
            self.rest.insert(later, other);
        }
        None
    }

    #[inline]
    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        let is_it = |entry: &Option<(K, V)>| entry.as_ref().is_some_and(|(known, _)| known == key);
        let Some(place) = self.few.iter().position(is_it) else {
            return if self.rest.is_empty() {
                None
            } else {
                self.rest.remove(key)
            };
        };
        let removed = self.few[place].take();
        for at in place + 1..N {
            self.few.swap(at - 1, at);
        }
        if !self.rest.is_empty() {
            self.few[N - 1] = self.rest.pop_first();
        }
        removed.map(|(_, value)| value)
    }

    /// Removes what is there, and does not move it.
    #[inline]
    pub(crate) fn discard(&mut self, key: &K) {
        let is_it = |entry: &Option<(K, V)>| entry.as_ref().is_some_and(|(known, _)| known == key);
        let is_last = |place: usize| self.few.get(place + 1).is_none_or(Option::is_none);
        match self.few.iter().position(is_it) {
            Some(place) if self.rest.is_empty() && is_last(place) => self.few[place] = None,
            _ => drop(self.remove(key)),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        let few = self.few.iter().map_while(Option::as_ref);
        few.map(|(key, value)| (key, value)).chain(&self.rest)
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (&K, &mut V)> {
        let few = self.few.iter_mut().map_while(Option::as_mut);
        few.map(|(key, value)| (&*key, value)).chain(&mut self.rest)
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &K> {
        self.iter().map(|(key, _)| key)
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }

    /// Takes everything out, in order.
    pub(crate) fn take(&mut self) -> impl Iterator<Item = (K, V)> + use<K, V, N> {
        let Self { few, rest } = std::mem::take(self);
        few.into_iter().flatten().chain(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::not_compared::tests::hash_of;

    #[test]
    fn it_is_a_sorted_map_whatever_comes_and_goes() {
        it_is_a_sorted_map::<1>();
        it_is_a_sorted_map::<2>();
        it_is_a_sorted_map::<3>();
    }

    fn it_is_a_sorted_map<const N: usize>() {
        let mut map: SmallMap<u32, char, N> = SmallMap::default();
        for (key, value) in [(3, 'c'), (1, 'a'), (2, 'b'), (1, 'd')] {
            map.insert(key, value);
        }
        let keys = |map: &SmallMap<u32, char, N>| map.keys().copied().collect::<Vec<_>>();
        assert_eq!(keys(&map), [1, 2, 3]);
        assert_eq!(map.len(), 3);
        assert_eq!(map.get(&3), Some(&'c'));
        assert_eq!(map.get(&4), None);
        assert_eq!([0, 1, 3, 4].map(|key| map.rank(&key)), [0, 0, 2, 3]);
        assert_eq!(map.insert(2, 'e'), Some('b'));
        assert_eq!(map.remove(&1), Some('d'));
        assert_eq!(map.remove(&1), None);
        assert_eq!(keys(&map), [2, 3]);
        let mut other: SmallMap<u32, char, N> = SmallMap::default();
        other.insert(2, 'e');
        assert_ne!(map, other);
        assert_ne!(hash_of(&map), hash_of(&other));
        other.insert(3, 'c');
        assert_eq!(map, other);
        assert_eq!(hash_of(&map), hash_of(&other));
        assert_eq!(map.remove(&3), Some('c'));
        map.discard(&1);
        map.insert(4, 'd');
        map.discard(&4);
        assert_eq!(map.take().collect::<Vec<_>>(), [(2, 'e')]);
        assert!(map.is_empty());
    }

    #[test]
    fn what_is_discarded_is_gone_and_the_others_stay_in_order() {
        what_is_discarded_is_gone::<1>();
        what_is_discarded_is_gone::<2>();
        what_is_discarded_is_gone::<3>();
        what_is_discarded_is_gone::<4>();
    }

    fn what_is_discarded_is_gone<const N: usize>() {
        for gone in 0..4 {
            let mut map: SmallMap<u32, u32, N> = SmallMap::default();
            let mut left = vec![];
            for key in 0..3 {
                map.insert(key, key);
                left.extend((key != gone).then_some(key));
            }
            map.discard(&gone);
            assert_eq!(map.len(), left.len());
            for key in 0..4 {
                let value = left.contains(&key).then_some(&key);
                assert_eq!(map.get(&key), value, "{gone} of {N}");
            }
            assert_eq!(map.keys().copied().collect::<Vec<_>>(), left);
        }
    }
}
