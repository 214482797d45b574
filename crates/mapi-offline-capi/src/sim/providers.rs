//! Clients that are MAPI providers, and fast shutdown (HOST-5).

use std::ffi::{c_char, c_void};

use mapi_offline::sys::{E_INVALIDARG, HRESULT, S_OK};
use mapi_offline::{FastShutdownBehavior, ProviderKind, ProviderShutdown};

use super::settings::describe;
use crate::process;
use crate::text;
use crate::theirs::theirs;

/// `kind` of [`mapisim_add_provider`]: a transport provider.
pub const MAPISIM_PROVIDER_TRANSPORT: u32 = 1;
/// `kind` of [`mapisim_add_provider`]: an address book provider.
pub const MAPISIM_PROVIDER_ADDRESS_BOOK: u32 = 2;
/// `kind` of [`mapisim_add_provider`]: a store provider.
pub const MAPISIM_PROVIDER_STORE: u32 = 3;

/// What the administrator has set for fast shutdown: FastShutdownBehavior, 0 to 2.
#[unsafe(no_mangle)]
pub extern "C" fn mapisim_fast_shutdown_behavior(behavior: u32) -> HRESULT {
    describe(
        |settings| match FastShutdownBehavior::from_number(behavior) {
            None => E_INVALIDARG,
            Some(behavior) => {
                settings.fast_shutdown_behavior = behavior;
                S_OK
            }
        },
    )
}

/// The client of that name is a MAPI provider: the object `provider`, which is asked for `IMAPIProviderShutdown` now.
///
/// # Safety
/// `client` is null or ends with a zero; `provider` is null or a COM object.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mapisim_add_provider(
    client: *const c_char,
    kind: u32,
    provider: *mut c_void,
) -> HRESULT {
    // SAFETY: as the caller says.
    let client = unsafe { text::read(client) };
    process::host(|running| {
        let kind = match kind {
            MAPISIM_PROVIDER_TRANSPORT => ProviderKind::Transport,
            MAPISIM_PROVIDER_ADDRESS_BOOK => ProviderKind::AddressBook,
            MAPISIM_PROVIDER_STORE => ProviderKind::Store,
            _ => return E_INVALIDARG,
        };
        let Some(client) = text::named(client) else {
            return E_INVALIDARG;
        };
        let function = format!("QueryInterface of the provider {client}");
        // SAFETY: as the caller says.
        let ask = || theirs(&function, || unsafe { ProviderShutdown::of(provider) });
        let outlook = &running.outlook;
        match outlook.as_client(client, ask) {
            None => outlook.add_provider(client, kind),
            Some(shutdown) => {
                outlook
                    .add_provider_with_shutdown(client, kind, move |method| shutdown.call(method));
            }
        }
        S_OK
    })
}
