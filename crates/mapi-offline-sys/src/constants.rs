//! Flags, masks, states, notification types and property tags. Every `ULONG` is a `u32`.
//!
//! Source, unless an item says otherwise: Outlook MAPI reference, `mapi-constants`.

#![allow(
    non_camel_case_types,
    reason = "the two enumerations keep their Win32 names"
)]

/// `ulFlags` of [`Advise`](crate::IMAPIOfflineMgr::Advise); the only supported value.
pub const MAPIOFFLINE_ADVISE_DEFAULT: u32 = 0;

/// `ulFlags` of [`Unadvise`](crate::IMAPIOfflineMgr::Unadvise); the only supported value.
pub const MAPIOFFLINE_UNADVISE_DEFAULT: u32 = 0;

/// `ulAdviseTypes` of an advise: changes of the connection state; the only supported value.
pub const MAPIOFFLINE_ADVISE_TYPE_STATECHANGE: u32 = 1;

/// Capability bit: the object can go offline and notifies of it.
///
/// `imapioffline-getcapabilities` speaks of the notifications, `mapioffline_createinfo` of the
/// going. The bit is independent of [`MAPIOFFLINE_CAPABILITY_ONLINE`].
pub const MAPIOFFLINE_CAPABILITY_OFFLINE: u32 = 0x1;

/// Capability bit: the object can go online and notifies of it.
pub const MAPIOFFLINE_CAPABILITY_ONLINE: u32 = 0x2;

/// `ulFlags` of [`SetCurrentState`](crate::IMAPIOffline::SetCurrentState): return when the state
/// change is complete.
pub const MAPIOFFLINE_FLAG_BLOCK: u32 = 0x0000_2000;

/// `ulFlags` of [`SetCurrentState`](crate::IMAPIOffline::SetCurrentState): do not wait for the
/// state change.
pub const MAPIOFFLINE_FLAG_DEFAULT: u32 = 0;

/// `ulStateMask` of an advise: every part of the state; the only supported value.
pub const MAPIOFFLINE_STATE_ALL: u32 = 0x003f_037f;

/// The part of the state that says online or offline. The rest of the word is unsupported, so a
/// client masks with this before it compares.
pub const MAPIOFFLINE_STATE_OFFLINE_MASK: u32 = 0x3;

/// The state, under [`MAPIOFFLINE_STATE_OFFLINE_MASK`]: offline.
pub const MAPIOFFLINE_STATE_OFFLINE: u32 = 0x1;

/// The state, under [`MAPIOFFLINE_STATE_OFFLINE_MASK`]: online.
pub const MAPIOFFLINE_STATE_ONLINE: u32 = 0x2;

/// How a registration wants to be called back: a C enumeration.
/// Source: `mapioffline_callback_type`.
pub type MAPIOFFLINE_CALLBACK_TYPE = u32;

/// By [`IMAPIOfflineNotify`](crate::IMAPIOfflineNotify); the only supported value.
/// Source: `mapioffline_callback_type`.
pub const MAPIOFFLINE_CALLBACK_TYPE_NOTIFY: MAPIOFFLINE_CALLBACK_TYPE = 0;

/// Which phase of a transition a notification tells of: a C enumeration.
/// Source: `mapioffline_notify_type`.
pub type MAPIOFFLINE_NOTIFY_TYPE = u32;

/// The state is going to change. Source: `mapioffline_notify_type`.
pub const MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_START: MAPIOFFLINE_NOTIFY_TYPE = 1;

/// The state is changing. Source: `mapioffline_notify_type`.
pub const MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE: MAPIOFFLINE_NOTIFY_TYPE = 2;

/// The state has changed. Source: `mapioffline_notify_type`.
pub const MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_DONE: MAPIOFFLINE_NOTIFY_TYPE = 3;

/// The strings of this call are wide, where the method documents the flag. Source: MAPI headers.
pub const MAPI_UNICODE: u32 = 0x8000_0000;

/// The profile belongs to an application and is not shown to the user. Source: MAPI headers.
pub const MAPI_APP_PROFILE: u32 = 0x4;

/// The call may show a dialog. Source: MAPI headers.
pub const MAPI_DIALOG: u32 = 0x8;

/// Log on to the default profile. Source: MAPI headers, `mapilogonex`.
pub const MAPI_USE_DEFAULT: u32 = 0x40;

/// Property tag: the name shown for a row, as an 8-bit string. Source: MAPI headers.
pub const PR_DISPLAY_NAME_A: u32 = 0x3001_001e;

/// Property tag: the name shown for a row, as a UTF-16 string. Source: MAPI headers.
pub const PR_DISPLAY_NAME_W: u32 = 0x3001_001f;

/// Property tag: whether a row of the profile table is the default profile, a boolean.
/// Source: MAPI headers, `profile-tables`.
pub const PR_DEFAULT_PROFILE: u32 = 0x3d04_000b;

/// Property tag: the name of the session's profile, as a UTF-16 string; in the global profile
/// section. Source: MAPI headers, `pidtagprofilename`.
pub const PR_PROFILE_NAME_W: u32 = 0x3d12_001f;

/// Property tag: what identifies a row of a table, binary. Source: MAPI headers.
pub const PR_INSTANCE_KEY: u32 = 0x0ff6_0102;
