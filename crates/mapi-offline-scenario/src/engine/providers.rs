//! The host quits fast, and MAPI calls the providers (HOST-5).

use mapi_offline_core::{ClientId, OutsideCallback, ProviderKind, Quit, ShutdownMethod};
use mapi_offline_driver::Event;
use mapi_offline_sys::{HRESULT, S_OK};
use smallvec::SmallVec;

use super::audience::Audience;
use super::state::{Engine, OutsideTask, Strand, StrandFrame};

/// A provider, and how its `IMAPIProviderShutdown` is called.
#[derive(Clone, Copy, Debug)]
enum ProviderSource {
    /// It is a client of the scenario, and gives this to QueryFastShutdown; `None`: it has no such interface.
    Scripted(ClientId, Option<HRESULT>),
    /// It is at this place among those from outside; `false`: it has no such interface.
    Outside(usize, bool),
}

impl<'s, A: Audience, C: OutsideCallback> Engine<'s, A, C> {
    /// The host begins to quit: where it would quit fast it asks the providers first.
    pub(super) fn begin_quit(&mut self, strand: &mut Strand<'s>) {
        let (client, again) = (0, false);
        strand.frames.push(StrandFrame::Quit { client, again });
        self.quitting.is_prevented = false;
        if self.quits() != Quit::Fast {
            return;
        }
        if self.scenario.fast_shutdown.behavior.asks() {
            let (method, next) = (ShutdownMethod::QueryFastShutdown, 0);
            strand.frames.push(StrandFrame::Providers { method, next });
        } else {
            self.quitting.is_prevented = true;
        }
    }

    /// How the host quits, now that providers have been asked.
    pub(super) const fn quits(&self) -> Quit {
        let quit = self.driver.world.config().policy.quit;
        quit.after_query(self.quitting.is_prevented)
    }

    /// The providers, in the order in which MAPI calls them.
    fn providers(&self) -> SmallVec<[ProviderSource; 4]> {
        let scripted = self.scenario.fast_shutdown.providers.iter();
        let scripted = scripted.map(|it| (it.kind, ProviderSource::Scripted(it.client, it.answer)));
        let outside = self.quitting.providers.iter().enumerate();
        let outside =
            outside.map(|(place, (_, kind, has))| (*kind, ProviderSource::Outside(place, *has)));
        let mut all: SmallVec<[(ProviderKind, ProviderSource); 4]> =
            scripted.chain(outside).collect();
        all.sort_by_key(|(kind, _)| *kind);
        all.into_iter().map(|(_, provider)| provider).collect()
    }

    /// Calls a method of the provider at `next`, in the order in which MAPI calls them, or goes on after the last.
    pub(super) fn call_providers(
        &mut self,
        strand: &mut Strand<'s>,
        method: ShutdownMethod,
        next: usize,
    ) {
        let Some(&provider) = self.providers().get(next) else {
            match method {
                ShutdownMethod::QueryFastShutdown => {}
                ShutdownMethod::NotifyProcessShutdown => {
                    let (method, next) = (ShutdownMethod::DoFastShutdown, 0);
                    strand.frames.push(StrandFrame::Providers { method, next });
                }
                ShutdownMethod::DoFastShutdown => self.end_with_host(),
            }
            return;
        };
        let next = next + 1;
        strand.frames.push(StrandFrame::Providers { method, next });
        match provider {
            ProviderSource::Scripted(_, None) | ProviderSource::Outside(_, false) => {
                self.provider_gave(method, None);
            }
            ProviderSource::Scripted(client, Some(answer)) => {
                let gave = match method {
                    ShutdownMethod::QueryFastShutdown => answer,
                    ShutdownMethod::NotifyProcessShutdown | ShutdownMethod::DoFastShutdown => S_OK,
                };
                self.emit(Event::Provider {
                    client,
                    method,
                    gave,
                });
                self.provider_gave(method, Some(gave));
            }
            ProviderSource::Outside(place, true) => {
                self.ask_outside(OutsideTask::Provider(place, method));
            }
        }
    }

    /// What a method of a provider gave; `None`: it has no `IMAPIProviderShutdown`.
    pub(super) fn provider_gave(&mut self, method: ShutdownMethod, gave: Option<HRESULT>) {
        let behavior = self.scenario.fast_shutdown.behavior;
        self.quitting.is_prevented |= behavior.is_prevented_by(method, gave);
    }
}
