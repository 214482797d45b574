//! The names that profiles can have, and when two of them are one (PROF-3, OPEN-6).

use crate::policy::ProfileNames;

/// The most characters that a profile name may have (PROF-3).
pub const NAME_MAX: usize = 64;

/// Returns true when a profile can have that name (PROF-3): 1 to 64 characters, which are letters, digits, the
/// underscore, and spaces within.
#[must_use]
pub fn is_valid_name(name: &str) -> bool {
    let allowed = |c: char| c.is_alphanumeric() || c == '_' || c == ' ';
    (1..=NAME_MAX).contains(&name.chars().count())
        && name.chars().all(allowed)
        && !name.starts_with(' ')
        && !name.ends_with(' ')
}

/// The most UTF-16 code units that the name of a registry key may have (PROF-3).
pub const REGISTRY_NAME_MAX: usize = 255;

/// Returns true when a profile that is there from the start can have that name (PROF-3): 1 to 255 UTF-16 code units, as
/// the name of a registry key, with no backslash and no control character.
#[must_use]
pub fn is_registry_name(name: &str) -> bool {
    (1..=REGISTRY_NAME_MAX).contains(&name.encode_utf16().count())
        && name.chars().all(|c| c != '\\' && !c.is_control())
}

/// What of a name, folded or not, tells profiles apart: with `profile-names = registry` the first 64
/// characters (PROF-3).
#[must_use]
pub fn significant(name: &str, names: ProfileNames) -> &str {
    // A name of so many bytes has no more characters.
    if names == ProfileNames::Documented || name.len() <= NAME_MAX {
        return name;
    }
    let end = name.char_indices().nth(NAME_MAX);
    end.map_or(name, |(end, _)| &name[..end])
}

/// What a profile of that name stands under where profiles are looked up: without regard to case
/// (OPEN-6), and only what tells profiles apart (PROF-3).
#[must_use]
pub fn profile_key(name: &str, names: ProfileNames) -> String {
    folded_name(significant(name, names))
}

/// Returns true when two names mean the same profile (OPEN-6).
#[must_use]
pub fn same_name(one: &str, other: &str) -> bool {
    if one.is_ascii() && other.is_ascii() {
        return one.eq_ignore_ascii_case(other);
    }
    folded_name(one) == folded_name(other)
}

/// The name without regard to case (OPEN-6). As the registry compares its keys: character by
/// character, so that no character becomes two.
#[must_use]
pub fn folded_name(name: &str) -> String {
    if name.is_ascii() {
        return name.to_ascii_uppercase();
    }
    name.chars()
        .map(|c| {
            let mut upper = c.to_uppercase();
            match (upper.next(), upper.next()) {
                (Some(one), None) => one,
                _ => c,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_6_names_are_the_same_whatever_their_case_and_no_letter_becomes_two() {
        assert!(same_name("Work", "wORK"));
        assert!(same_name("Büro_1", "BÜRO_1"));
        // A letter of ASCII can be the upper case of another.
        assert!(same_name("Dıal", "DIAL"));
        assert!(same_name("DIAL", "Dıal"));
        assert!(!same_name("Straße", "STRASSE"));
        assert!(!same_name("Work", "Works"));
    }

    #[test]
    fn prof_3_in_the_registry_the_first_64_characters_tell_profiles_apart() {
        for letter in ["a", "ü"] {
            let [most, more] = [64, 65].map(|times| letter.repeat(times));
            let registry = |name| significant(name, ProfileNames::Registry);
            assert_eq!(registry(&more), most);
            assert_eq!(registry(&most), most);
            assert_eq!(significant(&more, ProfileNames::Documented), more);
        }
    }
}
