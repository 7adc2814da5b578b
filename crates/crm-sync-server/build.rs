//! Builds anew when a migration changed: they are part of the program.

fn main() {
    println!("cargo::rerun-if-changed=../../migrations");
}
