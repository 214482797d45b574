//! Mistakes in the calls of steps and reactions: their arguments, what they name, whom they follow.

use super::mistakes::check;
use super::{START, mistakes};

/// A call, a line of it, and what its one mistake says, or a part of that.
type CallCase = (&'static str, &'static str, &'static str);

fn check_calls(cases: &[CallCase]) {
    for (call, argument, parts) in cases {
        let step = format!("[[step]]\nclient = 'p'\ncall = '{call}'\n{argument}");
        let found = mistakes(format!("{START}{step}").as_bytes());
        assert_eq!(found.len(), 1, "{call} {argument}: {found:#?}");
        assert!(found[0].contains(parts), "{parts}: {found:#?}");
    }
}

#[test]
fn arguments() {
    check_calls(&[
        (
            "Release",
            "returns = 'E_INVALIDRAG'",
            "16:11 `E_INVALIDRAG` is not an HRESULT | did you mean `E_INVALIDARG`",
        ),
        (
            "Release",
            "returns = 'NOT_FOUND'",
            "did you mean `MAPI_E_NOT_FOUND`",
        ),
        (
            "Release",
            "returns = 4294967296",
            "16:11 `4294967296` is out of range",
        ),
        ("SetCurrentState", "", "15:8 SetCurrentState needs `state`"),
        (
            "SetCurrentState",
            "state = 'AWAY'",
            "16:9 `AWAY` is not a state | expected `ONLINE` or `OFFLINE`",
        ),
        (
            "SetCurrentState",
            "state = 'ONLINE'\nflags = 'BLCK'",
            "17:9 `BLCK` is not a flag | did you mean `BLOCK`",
        ),
        (
            "SetCurrentState",
            "state = 'ONLINE'\nflags = '0x100000000'",
            "17:9 `0x100000000` is out of range",
        ),
        (
            "SetCurrentState",
            "state = 'ONLINE'\nreserved = 5",
            "17:12 `5`",
        ),
        (
            "SetCurrentState",
            "state = 'ONLINE'\nmask = 'OFFLINE'",
            "17:8 `OFFLINE` is not a mask | did you mean",
        ),
        (
            "QueryInterface",
            "",
            "15:8 QueryInterface needs `interface`",
        ),
        ("CopyProfile", "", "15:8 CopyProfile needs `to`"),
        (
            "CopyProfile",
            "to = 'x'\nname = 'null'",
            "17:8 CopyProfile is not called with a null name",
        ),
        ("DeleteProfile", "flags = 'MAPI_APP'", "16:9"),
        (
            "SetDefaultProfile",
            "name = 'a'\nprofile = 'b'",
            "16:8 `profile` and `name`",
        ),
    ]);
}

#[test]
fn what_calls_name() {
    check_calls(&[
        (
            "HrOpenOfflineObj",
            "guid = 'GUID_Global'",
            "16:8 `GUID_Global` is not a GUID | did you mean `GUID_GlobalState`",
        ),
        (
            "HrOpenOfflineObj",
            "guid = 'fbeffd93-b11f-4094-842b'",
            "16:8",
        ),
        (
            "HrOpenOfflineObj",
            "out = 'nul'",
            "16:7 `nul` is not what may stand here | did you mean `null`",
        ),
        ("HrOpenOfflineObj", "reserved = 'no'", "16:12"),
        (
            "HrOpenOfflineObj",
            "reserved = 1\nflags = 1",
            "16:12 `flags` and a number in `reserved`",
        ),
        ("Advise", "callback = 'no'", "16:12"),
        (
            "Advise",
            "registration = ''",
            "16:16 the name of a registration cannot be empty",
        ),
        (
            "Unadvise",
            "registration = 'a'",
            "16:16 there is no registration `a`",
        ),
        (
            "Unadvise",
            "advise_token = 'a'",
            "16:16 `a` is not a number",
        ),
        (
            "AddRef",
            "object = 'sotre'",
            "16:10 there is no object `sotre` | expected `global`",
        ),
        (
            "HrCreateOfflineObj",
            "parent = 'store'",
            "16:10 there is no object `store`",
        ),
        (
            "HrCreateOfflineObj",
            "object = 'a'\nparent = 'a'",
            "17:10 the object `a` can never be made",
        ),
    ]);
}

#[test]
fn registrations_are_suggested_with_their_owner() {
    check(&[(
        "[[client]]\nname = 'q'\nprofile = 'Work'\n\
         [[step]]\nclient = 'q'\ncall = 'Advise'\nregistration = 'first'\n\
         [[step]]\nclient = 'p'\ncall = 'Unadvise'\nregistration = 'q.frist'",
        &["23:16", "did you mean `q.first`"],
    )]);
}

#[test]
fn circles_of_parents() {
    let create = |object: &str, parent: &str| {
        format!(
            "[[step]]\nclient = 'p'\ncall = 'HrCreateOfflineObj'\nobject = '{object}'\n{parent}\n"
        )
    };
    let under = |object: &str, parent: &str| create(object, &format!("parent = '{parent}'"));
    let circle = format!("{START}{}{}", under("a", "b"), under("b", "a"));
    let found = mistakes(circle.as_bytes());
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(
        found[0].starts_with("17:10 the object `a` can never be made"),
        "{found:#?}"
    );
    // Who first makes `a` without a parent may then try to close the circle: that is a call
    // that fails (CREATE-8), not a mistake of the file.
    let no_circle = format!(
        "{START}{}{}{}",
        create("a", ""),
        under("b", "a"),
        under("a", "b")
    );
    assert_eq!(mistakes(no_circle.as_bytes()), [""; 0]);
    let known = format!("{START}{}{}", under("a", "global"), under("b", "a"));
    assert_eq!(mistakes(known.as_bytes()), [""; 0]);
}

#[test]
fn asking_again() {
    check_calls(&[
        (
            "AddRef",
            "if_returned = 'E_PENDIN'",
            "16:15 `E_PENDIN` is not an HRESULT | did you mean `E_PENDING`",
        ),
        (
            "AddRef",
            "if_raw_state = 2\nif_returned = 'E_PENDING'",
            "17:15 a call has one condition",
        ),
        ("AddRef", "times = 101", "16:9 `101` is out of range"),
        ("AddRef", "times = 0", "16:9 invalid value"),
        ("AddRef", "times = -1", "16:9 invalid value"),
    ]);
}

#[test]
fn failures_on_purpose() {
    let client = "[[client]]\nname = 'q'\nprofile = 'Work'\n";
    let with = |fail: &str| format!("{client}fail = {fail}");
    let cases = [
        (
            "{ call = 'Advize', returns = 'E_FAIL' }",
            "16:17 `Advize` is not a call that can fail | did you mean `Advise`",
        ),
        (
            "{ call = 'Release', returns = 'E_FAIL' }",
            "`Release` is not a call that can fail",
        ),
        (
            "[{ call = 'Advise', returns = 'E_FAIL' }, { call = 'Advise', returns = 'E_PENDING' }]",
            "`E_PENDING` is not a failure of this call",
        ),
        ("{ call = 'Advise' }", "missing field `returns`"),
        (
            "{ call = 'Advise', returns = 'E_FAIL', nth = 0 }",
            "invalid value",
        ),
        (
            "{ call = 'Advise', returns = 'E_FAIL', nht = 1 }",
            "there is no key `nht` here | did you mean `nth`",
        ),
        ("7", "expected a table or a list of tables"),
    ];
    for (fail, parts) in cases {
        let found = mistakes(format!("{START}{}", with(fail)).as_bytes());
        assert_eq!(found.len(), 1, "{fail}: {found:#?}");
        assert!(found[0].contains(parts), "{parts}: {found:#?}");
    }
    let right = with("{ call = 'Advise', returns = 'MAPI_E_NOT_ENOUGH_MEMORY' }");
    assert_eq!(mistakes(format!("{START}{right}").as_bytes()), [""; 0]);
}
