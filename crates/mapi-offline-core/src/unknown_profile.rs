//! Opening by a name that no profile has (finding `unknown-profile`).

use crate::finding::{Finding, FindingId};
use crate::function::Function;
use crate::ids::ClientId;
use crate::profile_names::folded_name;
use crate::profiles::ProfileTable;

/// So many names are listed.
const LISTED: usize = 10;

impl ProfileTable {
    /// The finding that `function` was called for a profile of that name, if there is none (OPEN-3).
    #[must_use]
    pub fn unknown(&self, client: ClientId, function: Function, name: &str) -> Option<Finding> {
        if self.find(name).is_some() {
            return None;
        }
        let profiles: Vec<&str> = self.ids().filter_map(|id| self.name(id)).collect();
        let quoted = profiles.iter().take(LISTED);
        let quoted: Vec<String> = quoted.map(|profile| format!("{profile:?}")).collect();
        let listed = match profiles.len() {
            0 => "there is no profile".to_owned(),
            1 => format!("the one that there is is {}", quoted[0]),
            count if count > LISTED => {
                let more = count - LISTED;
                format!("there are {} and {more} more", quoted.join(", "))
            }
            _ => format!("there are {}", quoted.join(", ")),
        };
        let cut_off = profiles
            .iter()
            .find(|profile| is_first_letter(name, profile));
        let hint = cut_off.map(|whole| {
            format!(
                "; {name:?} is what is left of {whole:?} where wide characters of 32 bits are passed for those of 16"
            )
        });
        Some(Finding::new(
            FindingId::UnknownProfile,
            Some(client),
            "OPEN-3",
            format!(
                "{} was called for {name:?}, which is no profile's name: {listed}{}",
                function.name(),
                hint.unwrap_or_default()
            ),
        ))
    }
}

/// Returns true when `name` is the first letter of `profile`, and `profile` is longer.
fn is_first_letter(name: &str, profile: &str) -> bool {
    let mut letters = profile.chars();
    let first = letters.next().map(String::from);
    letters.next().is_some() && first.is_some_and(|first| folded_name(&first) == folded_name(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;

    fn detail(profiles: &[&str], name: &str) -> Option<String> {
        let mut table = ProfileTable::new(&Policy::default());
        for profile in profiles {
            table.add(profile, false).expect("a name");
        }
        let found = table.unknown(ClientId(0), Function::HrOpenOfflineObj, name);
        found.map(|finding| finding.detail)
    }

    #[test]
    fn a_name_that_no_profile_has_is_told_with_those_that_there_are() {
        assert_eq!(detail(&["Work", "Home"], "work"), None);
        assert_eq!(
            detail(&["Work", "Home"], "Office").expect("it is found"),
            "HrOpenOfflineObj was called for \"Office\", which is no profile's name: there are \"Work\", \"Home\""
        );
        assert!(detail(&[], "Work").is_some_and(|it| it.ends_with("there is no profile")));
        let alone = detail(&["Work"], "Home").expect("it is found");
        assert!(
            alone.ends_with("the one that there is is \"Work\""),
            "{alone}"
        );
        let many: Vec<String> = (0..12).map(|number| format!("P{number}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(detail(&many, "").is_some_and(|it| it.ends_with("\"P9\" and 2 more")));
        assert!(detail(&many[..10], "").is_some_and(|it| it.ends_with("\"P9\"")));
    }

    #[test]
    fn a_name_that_is_cut_off_by_its_width_is_told_with_the_whole() {
        let said = detail(&["Home", "Work"], "W").expect("it is found");
        assert!(said.contains("\"W\" is what is left of \"Work\""), "{said}");
        let said = detail(&["Work"], "X").expect("it is found");
        assert!(!said.contains("is what is left of"), "{said}");
    }
}
