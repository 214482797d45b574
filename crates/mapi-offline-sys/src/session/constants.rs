//! Flags, property types, bookmarks and the like. Source: MAPI headers, and the pages of the
//! methods that they belong to.

/// `ulVersion` of [`MAPIINIT_0`](super::MAPIINIT_0).
pub const MAPI_INIT_VERSION: u32 = 0;
/// `ulFlags` of [`MAPIINIT_0`](super::MAPIINIT_0): notifications on a thread of MAPI's own.
pub const MAPI_MULTITHREAD_NOTIFICATIONS: u32 = 0x1;
/// `ulFlags` of [`MAPIINIT_0`](super::MAPIINIT_0): do not initialize COM.
pub const MAPI_NO_COINIT: u32 = 0x8;
/// The caller is a Windows service.
pub const MAPI_NT_SERVICE: u32 = 0x0001_0000;

/// Logoff: every client of the shared session is told to log off; never to be passed.
pub const MAPI_LOGOFF_SHARED: u32 = 0x1;
/// Logoff: a dialog may be shown.
pub const MAPI_LOGOFF_UI: u32 = 0x2;
/// Logon: a dialog may be shown.
pub const MAPI_LOGON_UI: u32 = 0x1;
/// Logon: a session of its own, not one that is shared already.
pub const MAPI_NEW_SESSION: u32 = 0x2;
/// Logon: the session may be shared with later logons.
pub const MAPI_ALLOW_OTHERS: u32 = 0x8;
/// Logon: the name that is given is meant, and never the default profile.
pub const MAPI_EXPLICIT_PROFILE: u32 = 0x10;
/// Logon: Extended MAPI.
pub const MAPI_EXTENDED: u32 = 0x20;
/// Logon: fetch new messages before returning.
pub const MAPI_FORCE_DOWNLOAD: u32 = 0x1000;
/// Logon: every provider may show its configuration.
pub const MAPI_SERVICE_UI_ALWAYS: u32 = 0x2000;
/// Logon: without transport.
pub const MAPI_NO_MAIL: u32 = 0x8000;
/// Logon: a password may be asked for.
pub const MAPI_PASSWORD_UI: u32 = 0x0002_0000;
/// Logon: short time-outs.
pub const MAPI_TIMEOUT_SHORT: u32 = 0x0010_0000;
/// Logon: a session in the background.
pub const MAPI_BG_SESSION: u32 = 0x0020_0000;

/// The object is opened for writing.
pub const MAPI_MODIFY: u32 = 0x1;
/// The call may return before it is done.
pub const MAPI_DEFERRED_ERRORS: u32 = 0x8;

/// A position of a table, or of one of its predefined places.
pub type BOOKMARK = u32;
/// Before the first row.
pub const BOOKMARK_BEGINNING: BOOKMARK = 0;
/// The row at which the table stands.
pub const BOOKMARK_CURRENT: BOOKMARK = 1;
/// After the last row.
pub const BOOKMARK_END: BOOKMARK = 2;

/// `GetStatus`: the table does not follow changes.
pub const TBLTYPE_SNAPSHOT: u32 = 0;
/// `GetStatus`: nothing is in progress.
pub const TBLSTAT_COMPLETE: u32 = 0;
/// `QueryColumns`: the columns that the table has, not those that are set.
pub const TBL_ALL_COLUMNS: u32 = 0x1;
/// The call may be carried out later.
pub const TBL_ASYNC: u32 = 0x1;
/// The call may wait until its result is needed.
pub const TBL_BATCH: u32 = 0x2;
/// `QueryRows`: the position stays.
pub const TBL_NOADVANCE: u32 = 0x1;
/// `FindRow`: backwards.
pub const DIR_BACKWARD: u32 = 0x1;

/// `ulOrder`: the smallest first.
pub const TABLE_SORT_ASCEND: u32 = 0;
/// `ulOrder`: the largest first.
pub const TABLE_SORT_DESCEND: u32 = 1;
/// `ulOrder`: belongs to the column before.
pub const TABLE_SORT_COMBINE: u32 = 2;

/// `rt`: all of several.
pub const RES_AND: u32 = 0;
/// `rt`: one of several.
pub const RES_OR: u32 = 1;
/// `rt`: not.
pub const RES_NOT: u32 = 2;
/// `rt`: a text or bytes that contain others.
pub const RES_CONTENT: u32 = 3;
/// `rt`: a property against a value.
pub const RES_PROPERTY: u32 = 4;
/// `rt`: a property against another.
pub const RES_COMPAREPROPS: u32 = 5;
/// `rt`: bits of a property.
pub const RES_BITMASK: u32 = 6;
/// `rt`: the size of a property.
pub const RES_SIZE: u32 = 7;
/// `rt`: it has the property.
pub const RES_EXIST: u32 = 8;
/// `rt`: a restriction on a subobject.
pub const RES_SUBRESTRICTION: u32 = 9;
/// `rt`: a restriction with remarks.
pub const RES_COMMENT: u32 = 10;

/// `relop`: less than.
pub const RELOP_LT: u32 = 0;
/// `relop`: not greater than.
pub const RELOP_LE: u32 = 1;
/// `relop`: greater than.
pub const RELOP_GT: u32 = 2;
/// `relop`: not less than.
pub const RELOP_GE: u32 = 3;
/// `relop`: equal.
pub const RELOP_EQ: u32 = 4;
/// `relop`: not equal.
pub const RELOP_NE: u32 = 5;
/// `relop`: like a regular expression; not supported.
pub const RELOP_RE: u32 = 6;

/// `relBMR`: all these bits are clear.
pub const BMR_EQZ: u32 = 0;
/// `relBMR`: one of these bits is set.
pub const BMR_NEZ: u32 = 1;

/// `ulFuzzyLevel`: the whole.
pub const FL_FULLSTRING: u32 = 0;
/// `ulFuzzyLevel`: any part.
pub const FL_SUBSTRING: u32 = 1;
/// `ulFuzzyLevel`: the beginning.
pub const FL_PREFIX: u32 = 2;
/// `ulFuzzyLevel`: without regard to case.
pub const FL_IGNORECASE: u32 = 0x0001_0000;
/// `ulFuzzyLevel`: without regard to marks such as accents.
pub const FL_IGNORENONSPACE: u32 = 0x0002_0000;
/// `ulFuzzyLevel`: as loosely as the table can.
pub const FL_LOOSE: u32 = 0x0004_0000;

/// Property type: none is meant in particular.
pub const PT_UNSPECIFIED: u32 = 0;
/// Property type: no value.
pub const PT_NULL: u32 = 1;
/// Property type: a 32-bit integer.
pub const PT_LONG: u32 = 3;
/// Property type: an error in the place of a value.
pub const PT_ERROR: u32 = 10;
/// Property type: a 16-bit boolean.
pub const PT_BOOLEAN: u32 = 11;
/// Property type: an 8-bit string.
pub const PT_STRING8: u32 = 0x1e;
/// Property type: a UTF-16 string.
pub const PT_UNICODE: u32 = 0x1f;
/// Property type: counted bytes.
pub const PT_BINARY: u32 = 0x102;

/// Property tag: the name of the session's profile, as an 8-bit string.
pub const PR_PROFILE_NAME_A: u32 = 0x3d12_001e;
/// Property tag: none; a column that is left out.
pub const PR_NULL: u32 = 1;
