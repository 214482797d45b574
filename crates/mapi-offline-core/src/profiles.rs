//! The profile table: what profile administration may do to it (PROF-2 to PROF-8).

use std::collections::BTreeMap;

use mapi_offline_sys::{
    E_FAIL, HRESULT, MAPI_E_INVALID_PARAMETER, MAPI_E_LOGON_FAILED, MAPI_E_NO_ACCESS,
    MAPI_E_NOT_FOUND, S_OK,
};

use crate::call::ProfileCall;
use crate::policy::{AppProfiles, FirstProfile, Policy, ProfileNames};
use crate::profile_names::{
    NAME_MAX, folded_name, is_registry_name, is_valid_name, profile_key, same_name, significant,
};

/// A profile, whatever its name is at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProfileId(pub u32);

/// A row of the profile table (PROF-2).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProfileRow {
    /// Stands for `PR_INSTANCE_KEY`.
    pub profile: ProfileId,
    /// `PR_DISPLAY_NAME`
    pub name: String,
    /// `PR_DEFAULT_PROFILE`
    pub is_default: bool,
}

/// What becomes of a profile when it is no longer used (PROF-5).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Mark {
    Delete,
    Rename(String),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Profile {
    name: String,
    app: bool,
    sessions: u32,
    mark: Option<Mark>,
}

/// What the policy says of profiles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Answers {
    app_profiles: AppProfiles,
    profile_names: ProfileNames,
    first_profile: FirstProfile,
}

impl From<&Policy> for Answers {
    fn from(policy: &Policy) -> Self {
        Self {
            app_profiles: policy.app_profiles,
            profile_names: policy.profile_names,
            first_profile: policy.first_profile,
        }
    }
}

/// The profiles of the machine, as a value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ProfileTable {
    answers: Answers,
    profiles: BTreeMap<ProfileId, Profile>,
    /// Every folded name that is taken: of a profile, or reserved by a marked rename.
    names: BTreeMap<String, ProfileId>,
    default: Option<ProfileId>,
    next: u32,
}

impl ProfileTable {
    /// An empty table.
    #[must_use]
    pub fn new(policy: &Policy) -> Self {
        Self {
            answers: policy.into(),
            ..Self::default()
        }
    }

    /// From now on the table goes by this policy.
    pub(crate) fn set_policy(&mut self, policy: &Policy) {
        self.answers = policy.into();
    }

    /// Returns true when the table, as it is, goes by this policy.
    pub(crate) fn goes_by(&self, policy: &Policy) -> bool {
        self.answers == policy.into()
    }

    /// What a name stands under in the map.
    fn key(&self, name: &str) -> String {
        profile_key(name, self.answers.profile_names)
    }

    /// Adds a profile that is there from the start, and may have any name that a registry key can
    /// have (PROF-3).
    ///
    /// # Errors
    /// `MAPI_E_INVALID_PARAMETER` for another name, `MAPI_E_NO_ACCESS` for a taken one (PROF-4).
    pub fn add(&mut self, name: &str, app: bool) -> Result<ProfileId, HRESULT> {
        self.check_new_name(name, is_registry_name)?;
        Ok(self.insert(name, self.app(app)))
    }

    /// The profile of that name (OPEN-6), one marked for deletion included.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<ProfileId> {
        let names = self.answers.profile_names;
        let name = significant(name, names);
        let mut folded = [0; NAME_MAX];
        let id = match folded.get_mut(..name.len()) {
            // Without an allocation, as many names are.
            Some(folded) if name.is_ascii() => {
                folded.copy_from_slice(name.as_bytes());
                folded.make_ascii_uppercase();
                std::str::from_utf8(folded)
                    .ok()
                    .and_then(|folded| self.names.get(folded))
            }
            _ => self.names.get(&folded_name(name)),
        };
        let &id = id?;
        // A name that is only reserved finds nobody yet.
        same_name(significant(&self.profiles[&id].name, names), name).then_some(id)
    }

    /// Adds all of the table to a canonical form.
    pub(crate) fn canonical(&self, words: &mut Vec<u32>) {
        let text = |text: &str, words: &mut Vec<u32>| {
            words.push(text.len() as u32);
            words.extend(text.chars().map(u32::from));
        };
        words.push(self.profiles.len() as u32);
        for (id, profile) in &self.profiles {
            words.extend([id.0, u32::from(profile.app), profile.sessions]);
            text(&profile.name, words);
            match &profile.mark {
                None => words.push(0),
                Some(Mark::Delete) => words.push(1),
                Some(Mark::Rename(to)) => {
                    words.push(2);
                    text(to, words);
                }
            }
        }
        words.push(self.default.map_or(u32::MAX, |id| id.0));
        words.push(self.next);
    }

    /// The name as it was given (OPEN-6).
    #[must_use]
    pub fn name(&self, profile: ProfileId) -> Option<&str> {
        Some(&self.profiles.get(&profile)?.name)
    }

    /// Every profile, in the order in which they were made, those marked for deletion included.
    pub fn ids(&self) -> impl Iterator<Item = ProfileId> + '_ {
        self.profiles.keys().copied()
    }

    /// The names of all of them, in the same order.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let profiles = self.profiles.values();
        profiles.map(|profile| profile.name.clone()).collect()
    }

    /// The profile that administration sees under that name: none that is marked for deletion.
    fn visible(&self, name: &str) -> Result<ProfileId, HRESULT> {
        self.find(name)
            .filter(|id| self.profiles[id].mark != Some(Mark::Delete))
            .ok_or(MAPI_E_NOT_FOUND)
    }

    fn app(&self, flag: bool) -> bool {
        flag && self.answers.app_profiles == AppProfiles::Supported
    }

    /// An app profile may be changed only with the flag (PROF-8).
    fn check_access(&self, id: ProfileId, app_flag: bool) -> Result<(), HRESULT> {
        if self.profiles[&id].app && !self.app(app_flag) {
            return Err(MAPI_E_NO_ACCESS);
        }
        Ok(())
    }

    /// Returns true when a profile can be created under that name (PROF-3).
    fn is_valid_name(&self, name: &str) -> bool {
        match self.answers.profile_names {
            ProfileNames::Documented => is_valid_name(name),
            ProfileNames::Registry => is_registry_name(name),
        }
    }

    fn check_new_name(&self, name: &str, is_valid: impl Fn(&str) -> bool) -> Result<(), HRESULT> {
        if !is_valid(name) {
            return Err(MAPI_E_INVALID_PARAMETER);
        }
        if self.names.contains_key(&self.key(name)) {
            return Err(MAPI_E_NO_ACCESS);
        }
        Ok(())
    }

    fn insert(&mut self, name: &str, app: bool) -> ProfileId {
        let id = ProfileId(self.next);
        self.next += 1;
        self.names.insert(self.key(name), id);
        self.profiles.insert(
            id,
            Profile {
                name: name.to_owned(),
                app,
                sessions: 0,
                mark: None,
            },
        );
        id
    }

    /// Makes a call of `IProfAdmin`, and says what it returns.
    pub fn call(&mut self, call: &ProfileCall<&str>) -> HRESULT {
        let done = match *call {
            ProfileCall::Create {
                name,
                password,
                app,
            } => self.create(name, password, app).map(drop),
            ProfileCall::Delete { name, app } => self.delete(name, app),
            ProfileCall::Rename {
                name,
                password,
                to,
                app,
            } => self.rename(name, password, to, app),
            ProfileCall::Copy {
                name,
                password,
                to,
                app,
            } => self.copy(name, password, to, app).map(drop),
            ProfileCall::SetDefault { name } => self.set_default(name),
        };
        done.err().unwrap_or(S_OK)
    }

    /// `IProfAdmin::CreateProfile`. `app_flag`: MAPI_APP_PROFILE.
    ///
    /// # Errors
    /// `MAPI_E_INVALID_PARAMETER` for a bad name (PROF-3), `MAPI_E_NO_ACCESS` for a taken one
    /// (PROF-4), `MAPI_E_LOGON_FAILED` for a password (PROF-7).
    pub fn create(
        &mut self,
        name: &str,
        password: Option<&str>,
        app_flag: bool,
    ) -> Result<ProfileId, HRESULT> {
        check_password(password)?;
        self.check_new_name(name, |name| self.is_valid_name(name))?;
        let is_first = self.profiles.is_empty();
        let id = self.insert(name, self.app(app_flag));
        if is_first && self.answers.first_profile == FirstProfile::Default && !self.app(app_flag) {
            self.default = Some(id);
        }
        Ok(id)
    }

    /// `IProfAdmin::DeleteProfile`. One in use is marked, and deleted when its last session
    /// ends (PROF-5).
    ///
    /// # Errors
    /// `MAPI_E_NOT_FOUND`; `MAPI_E_NO_ACCESS` for an app profile without the flag (PROF-8).
    pub fn delete(&mut self, name: &str, app_flag: bool) -> Result<(), HRESULT> {
        let id = self.visible(name)?;
        self.check_access(id, app_flag)?;
        if self.default == Some(id) {
            self.default = None;
        }
        self.mark(id, Mark::Delete);
        Ok(())
    }

    /// `IProfAdmin::CopyProfile` (PROF-4, PROF-7, PROF-8).
    ///
    /// # Errors
    /// `MAPI_E_NOT_FOUND`, `MAPI_E_INVALID_PARAMETER`, `MAPI_E_NO_ACCESS`,
    /// `MAPI_E_LOGON_FAILED`.
    pub fn copy(
        &mut self,
        from: &str,
        password: Option<&str>,
        to: &str,
        app_flag: bool,
    ) -> Result<ProfileId, HRESULT> {
        let id = self.visible(from)?;
        check_password(password)?;
        self.check_access(id, app_flag)?;
        self.check_new_name(to, |name| self.is_valid_name(name))?;
        Ok(self.insert(to, self.profiles[&id].app))
    }

    /// `IProfAdmin::RenameProfile`. One in use is marked, and renamed when its last session
    /// ends; until then nobody else can take the new name (PROF-5).
    ///
    /// # Errors
    /// `MAPI_E_NOT_FOUND`, `MAPI_E_INVALID_PARAMETER`, `MAPI_E_NO_ACCESS`,
    /// `MAPI_E_LOGON_FAILED`.
    pub fn rename(
        &mut self,
        from: &str,
        password: Option<&str>,
        to: &str,
        app_flag: bool,
    ) -> Result<(), HRESULT> {
        let id = self.visible(from)?;
        check_password(password)?;
        self.check_access(id, app_flag)?;
        // A profile may be given its own name in another case.
        if self.names.get(&self.key(to)) != Some(&id) || !self.is_valid_name(to) {
            self.check_new_name(to, |name| self.is_valid_name(name))?;
        }
        self.mark(id, Mark::Rename(to.to_owned()));
        Ok(())
    }

    /// `IProfAdmin::ChangeProfilePassword`: does nothing (PROF-7).
    pub fn change_password(&self) -> HRESULT {
        S_OK
    }

    /// `IProfAdmin::SetDefaultProfile`; `None` clears the default (PROF-6).
    ///
    /// # Errors
    /// `MAPI_E_NOT_FOUND`; `E_FAIL` for an app profile (PROF-8).
    pub fn set_default(&mut self, name: Option<&str>) -> Result<(), HRESULT> {
        self.default = match name {
            None => None,
            Some(name) => {
                let id = self.visible(name)?;
                if self.profiles[&id].app {
                    return Err(E_FAIL);
                }
                Some(id)
            }
        };
        Ok(())
    }

    /// `IProfAdmin::AdminServices`: the profile, if its services may be administered (PROF-4, PROF-7).
    ///
    /// # Errors
    /// `MAPI_E_LOGON_FAILED` for an unknown profile or a password.
    pub fn admin_services(&self, name: &str, password: Option<&str>) -> Result<ProfileId, HRESULT> {
        check_password(password)?;
        self.visible(name).map_err(|_| MAPI_E_LOGON_FAILED)
    }

    /// The default profile, if there is one.
    #[must_use]
    pub fn default_profile(&self) -> Option<ProfileId> {
        self.default
    }

    /// `IProfAdmin::GetProfileTable`: a snapshot, a row a profile, in the order in which they
    /// were made (PROF-2). App profiles are shown with the flag only (PROF-8).
    #[must_use]
    pub fn rows(&self, app_flag: bool) -> Vec<ProfileRow> {
        self.profiles
            .iter()
            .filter(|(_, profile)| profile.mark != Some(Mark::Delete))
            .filter(|(_, profile)| !profile.app || self.app(app_flag))
            .map(|(&id, profile)| ProfileRow {
                profile: id,
                name: profile.name.clone(),
                is_default: self.default == Some(id),
            })
            .collect()
    }

    /// Somebody begins to use the profile.
    pub fn begin_session(&mut self, profile: ProfileId) {
        if let Some(profile) = self.profiles.get_mut(&profile) {
            profile.sessions += 1;
        }
    }

    /// Somebody has ceased to use the profile; with the last one its mark is carried out
    /// (PROF-5).
    pub fn end_session(&mut self, profile: ProfileId) {
        if let Some(used) = self.profiles.get_mut(&profile) {
            used.sessions = used.sessions.saturating_sub(1);
            self.carry_out_mark(profile);
        }
    }

    fn mark(&mut self, id: ProfileId, mark: Mark) {
        let names = self.answers.profile_names;
        let key = |name: &str| profile_key(name, names);
        if let Some(profile) = self.profiles.get_mut(&id) {
            if let Some(Mark::Rename(reserved)) = profile.mark.take()
                && key(&reserved) != key(&profile.name)
            {
                self.names.remove(&key(&reserved));
            }
            if let Mark::Rename(reserved) = &mark {
                self.names.insert(key(reserved), id);
            }
            profile.mark = Some(mark);
            self.carry_out_mark(id);
        }
    }

    fn carry_out_mark(&mut self, id: ProfileId) {
        let names = self.answers.profile_names;
        let key = |name: &str| profile_key(name, names);
        let Some(profile) = self.profiles.get_mut(&id).filter(|p| p.sessions == 0) else {
            return;
        };
        match profile.mark.take() {
            None => {}
            Some(Mark::Delete) => {
                self.names.retain(|_, owner| *owner != id);
                self.profiles.remove(&id);
            }
            Some(Mark::Rename(to)) => {
                self.names.remove(&key(&profile.name));
                self.names.insert(key(&to), id);
                profile.name = to;
            }
        }
    }
}

/// PROF-7: there are no passwords.
fn check_password(password: Option<&str>) -> Result<(), HRESULT> {
    match password {
        None | Some("") => Ok(()),
        Some(_) => Err(MAPI_E_LOGON_FAILED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prof_2_profiles_are_named_in_the_order_in_which_they_were_made() {
        let mut table = ProfileTable::default();
        for name in ["Work", "Home"] {
            table.create(name, None, false).expect("a good name");
        }
        assert_eq!(table.names(), ["Work", "Home"]);
    }

    #[test]
    fn a_deleted_default_profile_leaves_no_default() {
        let mut table = ProfileTable::default();
        table.create("Work", None, false).expect("a good name");
        table.set_default(Some("work")).expect("it is there");
        assert!(table.default_profile().is_some());
        table.delete("Work", false).expect("it is there");
        assert_eq!(table.default_profile(), None);
    }
}
