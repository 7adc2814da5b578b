//! The project's tasks, run as `cargo xtask <task>`.

fn main() {}
