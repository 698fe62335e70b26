//! `share server-disk`.

use osgraft::codes::Allowed;
use osgraft::identity::Identity;
use osgraft::pool::Hold;
use osgraft::prepare::known_by;
use osgraft::registry::{Server, Source, State};
use osgraft::share::ShareError;
use osgraft::share::release::{Head, head};
use osgraft::share::server_disk::{ROOT, Report, ServerDisk};
use serde::Serialize;

use crate::args::ServerDiskArgs;
use crate::exit::{Code, Failure, Usage};
use crate::human::{self, size};
use crate::output::Output;
use crate::setup::Setup;
use crate::style::Style;

#[derive(Serialize)]
struct Made {
    #[serde(flatten)]
    report: Report,
    /// The server of the registry.
    #[serde(skip_serializing_if = "Option::is_none")]
    server: Option<Server>,
}

pub(crate) fn run(args: &ServerDiskArgs, setup: &Setup, out: &mut Output) -> Result<Code, Failure> {
    let allowed = Allowed::of(&args.allow)?;
    let (defaults, pools) = setup.own_identity()?;
    let mut ask = args.asked.ask(None)?;
    let name = known_by(&args.out);
    let pool = args.asked.pool.as_deref();
    let hold = match &pools {
        Some(pools) => Some(pools.take(&name, pool, &mut ask)?),
        None if pool.is_some() => {
            return Err(Usage::NoRegistry(setup.config_path().to_owned()).into());
        }
        None => None,
    };
    let address = ask.addresses.first().map(|net| net.addr().to_string());
    let identity: Identity = ask.or(&defaults).identity().map_err(Usage::Ask)?;
    let registry = match args.add {
        Some(_) => Some(setup.registry()?),
        None => None,
    };
    let mut server = None;
    if let (Some(name), Some(registry)) = (&args.add, &registry) {
        let address = args.export_address.clone().or(address);
        let address = address.ok_or(Usage::NoExportAddress)?;
        let new = of_release(name, &address, args)?;
        // A name that is taken is told before anything is made.
        let servers = registry.servers()?;
        if servers.get(name).is_some_and(|there| *there != new) {
            registry.add(&new)?;
        }
        server = Some(new);
    }
    let mut disk = ServerDisk::new(&args.release, args.nfs.server())
        .format(args.format)
        .clients(args.client.clone())
        .identity(identity)
        .allow(&allowed)
        .editor(setup.editor_ahead().clone());
    if let Some(file) = &args.data_disk {
        disk = disk.data_disk(file);
    }
    let report = disk.make(&args.original, &args.out)?;
    hold.map_or(Ok(()), Hold::keep)?;
    if let (Some(server), Some(registry)) = (&server, &registry) {
        registry.add(server)?;
    }
    let made = Made { report, server };
    out.done(&made, |style| shown(&made, style));
    Ok(Code::Done)
}

/// The server of the registry that serves what the release holds.
fn of_release(name: &str, address: &str, args: &ServerDiskArgs) -> Result<Server, Failure> {
    let head = head_of(args)?;
    let host = match address.contains(':') && !address.starts_with('[') {
        true => format!("[{address}]"),
        false => address.to_owned(),
    };
    let export = format!("{host}:{ROOT}/{}/tree", head.release);
    let mut server = Server::new(name, Source::nfs(&export)?)?
        .with_state(match args.active {
            true => State::Active,
            false => State::Down,
        })
        .with_release(head.release.as_str())?;
    let from = &head.made_from;
    if let Some(os) = &from.os {
        server = server.with_os(os)?;
    }
    if let Some(version) = &from.version {
        server = server.with_version(version)?;
    }
    if let Some(arch) = &from.arch {
        server = server.with_arch(arch)?;
    }
    if !from.kernels.is_empty() {
        let kernels: Vec<String> = from.kernels.iter().map(|it| it.version.clone()).collect();
        server = server.with_kernels(&kernels)?;
    }
    let path = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let components: Vec<String> = from.components.iter().map(|it| path(&it.path.0)).collect();
    Ok(server.with_components(&components)?)
}

fn head_of(args: &ServerDiskArgs) -> Result<Head, Failure> {
    let missing = || osgraft::share::release::ReleaseError::NoRelease(args.release.clone());
    let whole = std::fs::canonicalize(&args.release);
    let whole = whole.map_err(|_| ShareError::from(missing()))?;
    let name = whole.file_name().and_then(|name| name.to_str());
    let name = name.unwrap_or_default().parse().map_err(ShareError::from)?;
    let folder = whole.parent().unwrap_or(&whole);
    Ok(head(folder, &name).map_err(ShareError::from)?)
}

fn shown(made: &Made, style: &Style) -> String {
    let report = &made.report;
    let record = &report.image.record;
    let mut text = format!(
        "{}: {}: it serves {} from {}\n",
        style.strong(&human::path(&report.out)),
        style.good("made"),
        report.export,
        record.disk(),
    );
    text.push_str(&format!(
        "  disk     {}, {}: attach it read-only, with the serial {}\n",
        human::path(&report.image.image),
        size(record.bytes),
        record.serial
    ));
    if style.verbose {
        text.push_str(&format!("  editor   {}\n", report.editor));
    }
    for key in &report.ssh_host_keys {
        text.push_str(&format!("  ssh key  {key}\n"));
    }
    if let Some(server) = &made.server {
        let (name, state) = (server.name(), server.state());
        text.push_str(&format!("  server   {name}, {state}\n"));
        if state == State::Down {
            text.push_str(&format!(
                "           once it is up: osgraft server set {name} state=active\n"
            ));
        }
    }
    text + &human::findings(&report.warnings, style)
}
