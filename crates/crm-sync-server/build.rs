//! Builds anew when a migration changed: they are part of the program.

#[expect(clippy::print_stdout, reason = "this is how a build script talks to cargo")]
fn main() {
    println!("cargo::rerun-if-changed=../../migrations");
}
