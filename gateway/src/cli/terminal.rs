//! Output of the commands.

#[allow(clippy::print_stdout, reason = "output of the command")]
pub(super) fn print(text: &str) {
    println!("{}", text.trim_end());
}

#[allow(clippy::print_stderr, reason = "the log may not have started")]
pub(super) fn print_error(sentence: &str) {
    eprintln!("courtside: {sentence}");
}
