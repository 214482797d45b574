//! What clients do when they disconnect, and who is asked when the host quits (HOST-2).

use mapi_offline_core::{AtQuit, ClientId, Quit};

/// What clients do when they disconnect, in the order in which they said so. `F`: such code.
pub(crate) struct Disconnects<F: ?Sized> {
    waiting: Vec<(ClientId, Box<F>)>,
    /// The clients that are asked when the host quits fast, too.
    requires: Vec<ClientId>,
    /// The clients that have disconnected since the host started.
    disconnected: Vec<ClientId>,
    /// The clients of which nothing that is left over is reported: a host that waits has not asked them.
    spared: Vec<ClientId>,
}

impl<F: ?Sized> Default for Disconnects<F> {
    fn default() -> Self {
        Self {
            waiting: Vec::new(),
            requires: Vec::new(),
            disconnected: Vec::new(),
            spared: Vec::new(),
        }
    }
}

impl<F: ?Sized> Disconnects<F> {
    /// A client does this when it disconnects.
    pub(crate) fn add(&mut self, client: ClientId, code: Box<F>) {
        self.waiting.push((client, code));
    }

    /// From now on the client is asked when the host quits fast, too.
    pub(crate) fn require(&mut self, client: ClientId) {
        if !self.requires.contains(&client) {
            self.requires.push(client);
        }
    }

    /// The clients that are asked when the host quits fast, too.
    pub(crate) fn requires(&self) -> &[ClientId] {
        &self.requires
    }

    /// What the client does now that it disconnects.
    pub(crate) fn take(&mut self, client: ClientId) -> Vec<Box<F>> {
        self.disconnected.push(client);
        let own = |(of, _): &mut (ClientId, Box<F>)| *of == client;
        let own = self.waiting.extract_if(.., own);
        own.map(|(_, code)| code).collect()
    }

    /// The next code of a client that the quitting host asks. `is_held`: whether a client holds references.
    pub(crate) fn next(
        &mut self,
        quit: Quit,
        is_held: impl Fn(ClientId) -> bool,
    ) -> Option<(ClientId, Box<F>)> {
        let requires = &self.requires;
        let is_asked = |(client, _): &(ClientId, Box<F>)| {
            let at_quit = quit.of_client(requires.contains(client), || is_held(*client));
            at_quit == AtQuit::Disconnects
        };
        let next = self.waiting.iter().position(is_asked)?;
        let next = self.waiting.remove(next);
        self.disconnected.push(next.0);
        Some(next)
    }

    /// Nobody is asked any more. Gives those of `clients` that the host waits for in vain, of which nothing
    /// else is reported.
    pub(crate) fn end(
        &mut self,
        quit: Quit,
        clients: impl Iterator<Item = ClientId>,
        is_held: impl Fn(ClientId) -> bool,
    ) -> Vec<ClientId> {
        let disconnected = std::mem::take(&mut self.disconnected);
        let keeps_alive = |client: &ClientId| {
            !disconnected.contains(client)
                && quit.of_client(false, || is_held(*client)) == AtQuit::KeepsHostAlive
        };
        let kept: Vec<ClientId> = clients.filter(keeps_alive).collect();
        self.spared.extend(&kept);
        kept
    }

    /// Returns true when what the client has left over is reported.
    pub(crate) fn is_reported(&self, client: Option<ClientId>) -> bool {
        client.is_none_or(|client| !self.spared.contains(&client))
    }

    /// What nobody was asked to do. It is forgotten here.
    pub(crate) fn take_unasked(&mut self) -> Vec<Box<F>> {
        let unasked = std::mem::take(&mut self.waiting);
        unasked.into_iter().map(|(_, code)| code).collect()
    }
}
