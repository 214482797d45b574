//! A call as its client speaks of it, to be compared with that of another play.

use mapi_offline::Names;
use mapi_offline_core::{Call, Method, ObjectId, SessionId, Token};

/// A call as its client speaks of it, with no ids: those may be others in another play.
pub(super) fn spoken(call: &Call<'_>, names: &dyn Names) -> String {
    let mut call = call.clone();
    match &mut call {
        Call::HrCreateOfflineObj(args) => {
            if let Some(info) = &mut args.info {
                info.parent = info.parent.map(|_| NO_OBJECT);
            }
        }
        Call::Method(object, method) => {
            *object = NO_OBJECT;
            if let Method::Unadvise { token, .. } = method {
                *token = Token(0);
            }
        }
        Call::HrOpenOfflineObj(_) | Call::Profile(_) => {}
    }
    let (object, registration) = (names.own_object(), names.own_registration());
    let parent = names.parent(NO_OBJECT);
    format!("{call:?} {object:?} {parent} {registration:?}")
}

/// Stands for any object.
const NO_OBJECT: ObjectId = ObjectId {
    session: SessionId(0),
    index: 0,
};
