//! The `osgraft` program.

fn main() {}
