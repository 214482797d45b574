//! The provider in an emulated Outlook: `cargo test`.

use mapi_offline::Outlook;
use my_provider::Provider;

#[test]
fn it_follows_the_user() {
    let outlook = Outlook::with_profile("Work");
    let provider = outlook.as_client("provider", || Provider::connect(outlook.open("Work")?));
    let provider = provider.expect("it connects");
    assert!(provider.is_online());

    outlook.work_offline();
    outlook.run_until_idle();
    assert!(!provider.is_online());

    outlook.work_online();
    outlook.run_until_idle();
    assert!(provider.is_online());
    provider.disconnect();
    // What was found is the next test's business.
    let _ = outlook.shut_down();
}

/// This one fails, and says what is wrong: `mapisim explain leaked-registration` says what to do about it.
#[test]
fn it_leaves_nothing_behind() {
    let outlook = Outlook::builder()
        .profile("Work")
        .report_html("offline.html")
        .build()
        .expect("this is an Outlook");
    let provider = outlook.as_client("provider", || Provider::connect(outlook.open("Work")?));
    let provider = provider.expect("it connects");
    outlook.work_offline();
    outlook.run_until_idle();
    outlook.as_client("provider", || provider.disconnect());

    let report = outlook.shut_down();
    assert!(report.is_empty(), "{report:#?}; offline.html shows what happened");
}
