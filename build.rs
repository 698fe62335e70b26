//! Finds libext2fs, which edits ext4 guests in this process.

#[allow(clippy::print_stderr, reason = "how a build script says why it stops")]
fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=DOCS_RS");
    // docs.rs makes documentation, which links nothing.
    if std::env::var_os("DOCS_RS").is_some() {
        return;
    }
    if let Err(error) = pkg_config::Config::new()
        .atleast_version("1.46")
        .probe("ext2fs")
    {
        eprintln!(
            "osgraft needs libext2fs 1.46 or newer with its headers; on Debian or Ubuntu: \
             apt-get install libext2fs-dev pkg-config\n{error}"
        );
        std::process::exit(1);
    }
}
