//! The journal, where there is one.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry;

/// Sends what osgraft tells to the journal, with its fields (`OSGRAFT_VM`, `OSGRAFT_CODE`, …);
/// what the libraries below it tell is theirs. A host without a journal goes without: standard
/// error has the essence.
pub(crate) fn install() {
    let Ok(journal) = tracing_journald::layer() else {
        return;
    };
    let ours = Targets::new().with_target("osgraft", LevelFilter::INFO);
    let journal = journal
        .with_field_prefix(Some("OSGRAFT".into()))
        .with_syslog_identifier("osgraft".into())
        .with_filter(ours);
    // There is but one, installed here.
    let _ = tracing::subscriber::set_global_default(registry().with(journal));
}
