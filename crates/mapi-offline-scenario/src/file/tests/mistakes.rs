//! Each mistake is found, at its place, with what was expected.

use super::{START, mistakes};

/// What stands in a file behind [`START`], and the parts that its one message has.
type Case = (&'static str, &'static [&'static str]);

pub(super) fn check(cases: &[Case]) {
    for (addition, parts) in cases {
        let found = mistakes(format!("{START}{addition}").as_bytes());
        assert_eq!(found.len(), 1, "{addition}: {found:#?}");
        for part in *parts {
            assert!(found[0].contains(part), "{part:?} in {found:#?}");
        }
    }
}

#[test]
fn the_start_has_no_mistake() {
    assert_eq!(mistakes(START.as_bytes()), [""; 0]);
}

#[test]
fn bytes_and_syntax() {
    let cases: &[(&[u8], &[&str])] = &[
        (b"", &["1:1 missing field `title`"]),
        (b"title = ''", &["1:9 the title cannot be empty"]),
        (b"title = 'a\xff'", &["1:11", "not UTF-8", "byte 10"]),
        (b"\nt = 1\n\xc3(", &["3:1", "byte 7"]),
        (b"\xff\xfet\0", &["1:1", "it looks like UTF-16"]),
        (b"title = ", &["1:9 this is not TOML"]),
        (
            b"title = 'a'\r\nx = [1,\r\ny = 2",
            &["3:3 this is not TOML"],
        ),
        (
            b"title = 'a'\ntitle = 'b'",
            &["2:1 this is not TOML: duplicate key"],
        ),
        (
            b"\xef\xbb\xbftitel = 'a'",
            &["1:1", "`titel`", "did you mean `title`"],
        ),
        (b"title = 'a'\0", &["1:12 this is not TOML"]),
        (b"title = 3", &["1:9", "integer `3`, expected a string"]),
        (b"[title]\na = 1", &["1:1", "expected a string"]),
        (b"{\"title\": 1}", &["1:1 this is not TOML"]),
    ];
    for (file, parts) in cases {
        let found = mistakes(file);
        let shown = String::from_utf8_lossy(file);
        for part in *parts {
            assert!(found[0].contains(part), "{shown}: {part:?} in {found:#?}");
        }
    }
}

#[test]
fn a_key_of_too_many_parts_is_shown_where_it_stands() {
    let key = vec!["a"; 300].join(".");
    for line in [format!("{key} = 1"), format!("[{key}]")] {
        let found = mistakes(format!("title = 't'\n\n# 1.2\n{line}\nb = 1\n").as_bytes());
        assert_eq!(found, ["4:1 this is not TOML: recursion limit | "]);
    }
}

#[test]
fn a_file_that_is_one_long_line_is_read_as_fast_as_one_of_many_lines() {
    let steps = vec!["{host = 'work-offline'}"; 60_000];
    let time = |between: &str| {
        let text = format!("title = 't'\nstep = [{}]\n", steps.join(between));
        let times = (0..2).map(|_| {
            let start = std::time::Instant::now();
            assert!(crate::parse("x.toml", text.as_bytes()).is_ok());
            start.elapsed()
        });
        times.min().expect("it is read twice")
    };
    let (one, many) = (time(", "), time(",\n"));
    assert!(one < many * 4, "{one:?} on one line, {many:?} on many");
}

#[test]
fn deep_and_huge_files() {
    for file in [
        format!("title = {}", "[".repeat(100_000)),
        format!("title = {}", "{a=".repeat(100_000)),
        format!("title{} = 1", ".a".repeat(100_000)),
        format!("{START}seed = {}", "9".repeat(100_000)),
        format!(
            "title = \"{}\"\n{}",
            "x".repeat(65_536),
            "[[client]]\nname = 1"
        ),
        format!("title = 't'\n{} = 1", "x".repeat(65_536)),
        format!(
            "{START}[[client]]\nname = 'q'\nprofile = '{}'",
            "x".repeat(65_536)
        ),
        format!(
            "{START}[[step]]\nclient = '{}'\ncall = 'x'",
            "\u{1b}".repeat(65_536)
        ),
        "[[step]]\ncall = 1\n".repeat(1_000),
    ] {
        let found = mistakes(file.as_bytes());
        let length: usize = found.iter().map(String::len).sum();
        assert!(!found.is_empty() && length < 10_000, "{length}");
    }
}

#[test]
fn keys_and_types() {
    check(&[
        (
            "[[stp]]",
            &["13:3 there is no key `stp` here", "did you mean `step`"],
        ),
        (
            "[[step]]\nmaks = 3",
            &["14:1", "`maks`", "did you mean `mask`?"],
        ),
        (
            "[[step]]\nzzzzzz = 3",
            &["14:1", "`mapisim schema` lists the keys"],
        ),
        (
            "[[profile]]\nnam = 'x'\nname = 'B'",
            &["14:1", "did you mean `name`?", "`capabilities`"],
        ),
        ("[[profile]]", &["13:1 missing field `name`"]),
        (
            "[[profile]]\nname = 5",
            &["14:8", "integer `5`, expected a string"],
        ),
        (
            "[[step]]\nclient = 'p'\ncall = 'AddRef'\nparallel = 1",
            &["16:12", "expected a boolean"],
        ),
        (
            "[[step]]\nat = true",
            &["14:6", "boolean `true`, expected a text or a whole number"],
        ),
        ("[[step]]\nat = 1.5", &["14:6", "floating point `1.5`"]),
        (
            "[[step]]\nstate = 99999999999999999999999999999999999999999999",
            &["14:9", "overflow"],
        ),
        (
            "[[expect]]\nfindings = 'none'",
            &["14:12", "expected a sequence"],
        ),
        (
            "[[expect]]\nfindings = [1]",
            &["14:13", "integer `1`, expected a string"],
        ),
        (
            "[environment]\nstart = 5",
            &["14:9 `5` is not a time", "`\"5ms\"`"],
        ),
        (
            "[environment]\ndone = '5 days'",
            &["14:8 `5 days` is not a time", "`1.5s`"],
        ),
        ("[environment]\ndone = '1ns'", &["14:8 `1ns` is not a time"]),
        (
            "[environment]\ndone = '0.0001ms'",
            &["14:8", "a whole number of microseconds"],
        ),
        (
            "[environment]\ndone = '99999999999999h'",
            &["14:8", "the longest is `10000h`"],
        ),
    ]);
}

#[test]
fn several_mistakes_are_found_at_once() {
    let file = "titel = 'x'\n[[step]]\nat = true\nsped = 1\n[[profile]]\nname = 1\n[[client]]";
    let found = mistakes(file.as_bytes());
    let places: Vec<&str> = found
        .iter()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert_eq!(places, ["1:1", "3:6", "4:1", "6:8", "7:1"], "{found:#?}");
    let found = mistakes(format!("{START}[[step]]\nclient = 'q'\ncall = 'x'\nat = 1").as_bytes());
    assert_eq!(found.len(), 3, "{found:#?}");
}

#[test]
fn policy() {
    check(&[
        (
            "[policy]\nordr = 'reverse'",
            &[
                "14:1 there is no policy knob `ordr`",
                "did you mean `order`",
            ],
        ),
        (
            "[policy]\norder = 'revers'",
            &["14:9 `revers`", "did you mean `reverse`", "`shuffled`"],
        ),
        (
            "[policy]\norder = 1",
            &["14:9 `1` is not a value of this knob"],
        ),
        (
            "[policy]\norder = ['reverse']",
            &["14:9 `order` has one value", "`shuffled`"],
        ),
        (
            "[policy]\nnoise = ['state-bits', 'x']",
            &["14:24 `x`", "`notifications`"],
        ),
        (
            "[policy]\nnoise = 'state'",
            &["14:9 `state`", "did you mean `state-bits`"],
        ),
    ]);
}

#[test]
fn profiles_and_clients() {
    check(&[
        (
            "[[profile]]\nname = 'a\\b'",
            &["14:8 `a\\b` is not a name", "PROF-3", "1 to 255"],
        ),
        ("[[profile]]\nname = ''", &["14:8", "PROF-3"]),
        (
            "[[profile]]\nname = 'WORK'",
            &["14:8 the profile `WORK` is there twice", "OPEN-6"],
        ),
        (
            "[[profile]]\nname = 'B'\nstate = 'ONLNE'",
            &["15:9", "did you mean `ONLINE`"],
        ),
        (
            "[[profile]]\nname = 'B'\nstate = 1",
            &["15:9", "expected a string"],
        ),
        (
            "[[profile]]\nname = 'B'\ncapabilities = ['BOTH']",
            &["15:17 `BOTH` is not a capability"],
        ),
        (
            "[[profile]]\nname = 'B'\ndefault = true\n[[profile]]\nname = 'C'\ndefault = true",
            &["18:11 there are two default profiles"],
        ),
        (
            "[[client]]\nname = 'p'\nprofile = 'Work'",
            &["14:8 the client `p` is there twice"],
        ),
        (
            "[[client]]\nname = ''\nprofile = 'Work'",
            &["14:8", "cannot be empty"],
        ),
        (
            "[[client]]\nname = 'q'\nprofile = 'Wrok'",
            &["15:11 there is no profile `Wrok`", "did you mean `Work`"],
        ),
        (
            "[[client]]\nname = 'q'\nprofile = 'Work'\ntoken = -1",
            &["16:9 `-1` is out of range"],
        ),
        ("[[client]]\nname = 'q'", &["13:1 missing field `profile`"]),
    ]);
}

#[test]
fn providers() {
    check(&[
        (
            "[[client]]\nname = 'q'\nprofile = 'Work'\nprovider = 'stor'",
            &[
                "16:12 `stor` is not a kind of provider",
                "did you mean `store`",
            ],
        ),
        (
            "[[client]]\nname = 'q'\nprofile = 'Work'\nprovider = ['store', 'store']",
            &["16:22 the kind of provider `store` is there twice"],
        ),
        (
            "[[client]]\nname = 'q'\nprofile = 'Work'\nprovider = 'store'\nfast_shutdown = 'E_FAIL'",
            &["17:17 `E_FAIL` is not an answer to QueryFastShutdown"],
        ),
        (
            "[[client]]\nname = 'q'\nprofile = 'Work'\nfast_shutdown = 'S_OK'",
            &["16:17", "needs `provider`"],
        ),
        (
            "[environment]\nfast_shutdown_behavior = 3",
            &["14:26 `3` is out of range", "0, 1 or 2"],
        ),
    ]);
}

#[test]
fn steps() {
    check(&[
        (
            "[[step]]",
            &[
                "13:1 a step that does nothing",
                "`client` and `call`, or `host`",
            ],
        ),
        ("[[step]]\ncall = 'AddRef'", &["13:1 a call needs `client`"]),
        ("[[step]]\nclient = 'p'", &["13:1", "needs `call`"]),
        (
            "[[step]]\nclient = 'p'\nhost = 'quit'",
            &["15:8", "not both"],
        ),
        (
            "[[step]]\nclient = 'P'\ncall = 'AddRef'",
            &["14:10 there is no client `P`", "did you mean `p`"],
        ),
        (
            "[[step]]\nclient = 'p'\ncall = 'Relase'",
            &["15:8 `Relase` is not a call", "did you mean `Release`"],
        ),
        (
            "[[step]]\nhost = 'work-ofline'",
            &["14:8", "did you mean `work-offline`"],
        ),
        (
            "[[step]]\nhost = 'quit'\ncall = 'AddRef'",
            &["15:1 `call` does not belong to a host event", "`wait`"],
        ),
        (
            "[[step]]\nclient = 'p'\ncall = 'GetCapabilities'\nmask = 3",
            &[
                "16:1 `mask` does not belong to GetCapabilities",
                "its keys are `object`, `capabilities`",
            ],
        ),
        (
            "[[step]]\nclient = 'p'\ncall = 'AddRef'\nwait = true",
            &["16:1 `wait` does not belong to AddRef"],
        ),
        (
            "[[step]]\nclient = 'p'\ncall = 'DeleteProfile'\nto = 'x'",
            &["16:1 `to` does not belong"],
        ),
        (
            "[[step]]\nclient = 'p'\ncall = 'AddRef'\ntype = 'START'",
            &["16:1 `type` does not belong"],
        ),
        (
            "[[step]]\nclient = 'p'\ncall = 'AddRef'\nif_state = 'ONLINE'\nif_raw_state = 2",
            &["17:16", "one condition"],
        ),
    ]);
}

#[test]
fn reactions() {
    check(&[
        (
            "[[client.on]]\ntype = 'DONE'\ncall = 'Unadvise'",
            &["14:8", "did you mean `STATECHANGE_DONE`"],
        ),
        (
            "[[client.on]]\ntype = 'DISCONNECT'\nnew = 'ONLINE'\ncall = 'Unadvise'",
            &["15:7", "no new state"],
        ),
        ("[[client.on]]\ntype = 'START'", &["13:1", "needs `call`"]),
        (
            "[[client.on]]\ncall = 'Unadvise'\nat = '5ms'",
            &["15:1 `at` does not belong to Unadvise in [[client.on]]"],
        ),
        (
            "[[client.on]]\ncall = 'Unadvise'\nhost = 'quit'",
            &["15:1 `host` does not belong"],
        ),
    ]);
}

#[test]
fn expectations() {
    check(&[
        ("[[expect]]", &["13:1 this block expects nothing"]),
        (
            "[[expect]]\nclient = 'p'",
            &["13:1 this block expects nothing"],
        ),
        (
            "[[always]]\nprofile = 'Work'",
            &["13:1 this block expects nothing", "`belief`"],
        ),
        (
            "[[expect]]\nclient = 'x'\nnotifications = []",
            &["14:10 there is no client `x`"],
        ),
        (
            "[[expect]]\nnotifications = []",
            &["13:1 `notifications` says nothing without its `client`"],
        ),
        (
            "[[expect]]\nstate = 'ONLINE'",
            &["14:9 `state` says nothing without its `profile`"],
        ),
        (
            "[[expect]]\nprofile = 'Wrk'\nstate = 'ONLINE'",
            &["14:11", "did you mean `Work`"],
        ),
        (
            "[[expect]]\nprofile = 'Work'\nstate = 'AWAY'",
            &["15:9 `AWAY` is not a state"],
        ),
        (
            "[[expect]]\nfindings = ['leaked-regstration']",
            &["14:13", "did you mean `leaked-registration`"],
        ),
        (
            "[[expect]]\nclient = 'p'\nbelief = 'current'",
            &["15:10 `belief` does not belong to [[expect]]"],
        ),
        (
            "[[always]]\nbelief = 'current'",
            &["14:10 `belief` says nothing without its `client`"],
        ),
        (
            "[[always]]\nclient = 'p'\nbelief = 'curent'",
            &["15:10", "did you mean `current`"],
        ),
        (
            "[[expect]]\nclient = 'p'\nnotifications = ['START ONLINE→OFFLINE']",
            &["15:18", "did you mean `START ONLINE->OFFLINE`"],
        ),
        (
            "[[expect]]\nclient = 'p'\nregistration = 'a'\nnotifications = []",
            &["15:16 there is no registration `a`"],
        ),
        (
            "[[expect]]\nclient = 'p'\nregistration = 'a'\nfindings = []",
            &["15:16"],
        ),
    ]);
}
