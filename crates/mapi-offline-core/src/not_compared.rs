//! What stands in a value and is no part of it.

use std::hash::{Hash, Hasher};

/// Something that a value carries and that makes no difference to it: two values that differ only in this are
/// equal, and have the same hash.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct NotCompared<T>(pub(crate) T);

impl<T> PartialEq for NotCompared<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<T> Eq for NotCompared<T> {}

impl<T> Hash for NotCompared<T> {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

#[cfg(test)]
pub(crate) mod tests {
    use std::hash::DefaultHasher;

    use super::*;

    /// What a value hashes to.
    pub(crate) fn hash_of(value: &impl Hash) -> u64 {
        let mut hasher = DefaultHasher::new();
        value.hash(&mut hasher);
        hasher.finish()
    }

    #[test]
    fn values_that_differ_only_in_what_is_not_compared_are_equal() {
        let value = |part, other| (part, NotCompared(other));
        assert_eq!(value(1, 2), value(1, 3));
        assert_eq!(hash_of(&value(1, 2)), hash_of(&value(1, 3)));
        assert_ne!(value(1, 2), value(2, 2));
    }
}
