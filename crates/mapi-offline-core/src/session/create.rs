//! Global and child objects.

use mapi_offline_sys::{E_INVALIDARG, GUID, HRESULT};
use mapi_offline_sys::{GUID_GlobalState, MAPI_E_NOT_FOUND};

use super::{Object, Session};
use crate::args::CreateInfo;
use crate::ids::{Caller, ObjectId};
use crate::state::State;

impl<C: Clone + Eq> Session<C> {
    /// Gives the profile its global object, if it has none yet (LIFE-2).
    pub fn create_global(&mut self, capabilities: u32, state: State) -> ObjectId {
        let index = match self.global {
            Some(index) => index,
            None => {
                let index = self.insert(Object::new(None, capabilities, state));
                self.global = Some(index);
                index
            }
        };
        self.object_id(index)
    }

    /// `HrOpenOfflineObj`, its arguments checked: a reference on the global object (OPEN-7).
    ///
    /// # Errors
    /// `MAPI_E_NOT_FOUND` if the profile has none, or is not logged on (OPEN-3).
    pub fn open(&mut self, caller: Caller<'_>) -> Result<ObjectId, HRESULT> {
        match self.global {
            Some(index) if self.logged_on => Ok(self.give(caller, index)),
            _ => Err(MAPI_E_NOT_FOUND),
        }
    }

    /// `HrCreateOfflineObj`, its arguments checked (CREATE-2 to CREATE-10).
    ///
    /// # Errors
    /// `E_INVALIDARG` for a parent that is dead, of another profile, or not the one that the
    /// object has; `MAPI_E_NOT_FOUND` if the profile is not logged on.
    pub fn create(
        &mut self,
        caller: Caller<'_>,
        info: &CreateInfo<'_>,
    ) -> Result<ObjectId, HRESULT> {
        if !self.logged_on {
            return Err(MAPI_E_NOT_FOUND);
        }
        let parent = match info.parent {
            None => None,
            Some(parent)
                if parent.session == self.id && self.objects.contains_key(&parent.index) =>
            {
                Some(parent.index)
            }
            Some(_) => return Err(E_INVALIDARG),
        };
        if parent.is_none() && info.guid == Some(GUID_GlobalState) {
            let global = self.create_global(info.capabilities, State::Online);
            return Ok(self.give(caller, global.index));
        }
        let identity: Option<(GUID, GUID)> = info.guid.zip(info.instance);
        if let Some(identity) = identity {
            let existing = self
                .objects
                .iter()
                .find(|(_, object)| object.identity == Some(identity))
                .map(|(&index, object)| (index, object.parent));
            match existing {
                Some((index, its)) if its == parent => return Ok(self.give(caller, index)),
                Some(_) => return Err(E_INVALIDARG),
                None => {}
            }
        }
        let state = parent
            .and_then(|parent| self.objects.get(&parent))
            .map_or(State::Online, |parent| parent.state);
        let mut object = Object::new(parent, info.capabilities, state);
        object.identity = identity;
        let index = self.insert(object);
        if let Some(parent) = parent.and_then(|parent| self.objects.get_mut(&parent)) {
            parent.children.push(index);
        }
        Ok(self.give(caller, index))
    }

    fn insert(&mut self, object: Object<C>) -> u32 {
        let index = self.next_object;
        self.next_object += 1;
        self.objects.insert(index, object);
        index
    }

    fn give(&mut self, caller: Caller<'_>, index: u32) -> ObjectId {
        if let Some(object) = self.objects.get_mut(&index) {
            object.references.add(caller.client);
        }
        self.object_id(index)
    }
}
