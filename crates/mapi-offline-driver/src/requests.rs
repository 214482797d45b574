//! The requests that got E_PENDING and were not made again (finding `lost-request`).

use mapi_offline_core::{ClientId, Finding, FindingId, ObjectId, Reply, SetArgs, State, World};
use mapi_offline_sys::E_PENDING;

use crate::names::ObjectNames;
use crate::short_list::ShortList;

/// The requests of each client that got E_PENDING, as long as it has not asked again.
#[derive(Clone, Debug, Default)]
pub struct PendingRequests(ShortList<(ClientId, ObjectId, State), 1>);

impl PendingRequests {
    /// A SetCurrentState of `client` on `object` has been answered.
    pub fn answered(&mut self, client: ClientId, object: ObjectId, args: SetArgs, reply: Reply) {
        self.0
            .retain(|request| (request.0, request.1) != (client, object));
        if let Some(state) = State::masked(args.state)
            && matches!(
                reply,
                Reply::Returns(E_PENDING) | Reply::FailsOnPurpose(E_PENDING)
            )
        {
            self.0.push((client, object, state));
        }
    }

    /// The user disconnects `client`: it cannot ask again, and has lost nothing.
    pub fn forget(&mut self, client: ClientId) {
        self.0.retain(|request| request.0 != client);
    }

    /// Each request: whose, on which object, and the state that was asked for.
    pub fn all(&self) -> &[(ClientId, ObjectId, State)] {
        &self.0
    }

    /// The findings about clients whose request has come to nothing, when all is quiet.
    pub fn lost<C: Clone + Eq>(&self, world: &World<C>, names: &ObjectNames) -> Vec<Finding> {
        let lost = self.0.iter().filter_map(|&(client, object, wanted)| {
            let session = world.session(object.session)?;
            let state = session.state(object).filter(|_| session.is_logged_on())?;
            let name = names.get(object);
            let detail = format!(
                "its SetCurrentState({wanted}) gave E_PENDING, it did not ask again, and {name} is {state}"
            );
            let finding = || Finding::new(FindingId::LostRequest, Some(client), "SET-4", detail);
            (state != wanted).then(|| finding().on(object))
        });
        lost.collect()
    }
}
