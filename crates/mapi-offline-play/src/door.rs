//! The functions of the module: the page writes a request where [`request`] says, calls [`answer`], and reads as many
//! bytes as that says from where [`answer_bytes`] says. Nothing here follows a pointer.

use std::cell::RefCell;

thread_local! {
    static REQUEST: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static ANSWER: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Where `length` bytes of a request go.
#[unsafe(no_mangle)]
extern "C" fn request(length: usize) -> *mut u8 {
    REQUEST.with_borrow_mut(|request| {
        request.clear();
        request.resize(length, 0);
        request.as_mut_ptr()
    })
}

/// Answers the request. Gives the length of the answer in bytes.
#[unsafe(no_mangle)]
extern "C" fn answer() -> usize {
    let answer = REQUEST.with_borrow(|request| crate::answer(request));
    ANSWER.with_borrow_mut(|kept| {
        *kept = answer;
        kept.len()
    })
}

/// Where the last answer is, in UTF-8.
#[unsafe(no_mangle)]
extern "C" fn answer_bytes() -> *const u8 {
    ANSWER.with_borrow(|answer| answer.as_ptr())
}
