//! The journal, where there is one.

use tracing_subscriber::Registry;
use tracing_subscriber::layer::SubscriberExt;

/// Sends what the library tells to the journal, with its fields (`OSGRAFT_VM`, `OSGRAFT_CODE`, …).
/// A host without a journal goes without: standard error has the essence.
pub(crate) fn install() {
    let Ok(journal) = tracing_journald::layer() else {
        return;
    };
    let journal = journal
        .with_field_prefix(Some("OSGRAFT".into()))
        .with_syslog_identifier("osgraft".into());
    // There is but one, installed here.
    let _ = tracing::subscriber::set_global_default(Registry::default().with(journal));
}
