//! `server`: the registry.

use osgraft::registry::{
    EditError, KernelRelease, Needs, Outcome, RegistryError, Selection, Server, Servers, Setting,
    Source, Store, Warning, select, select_named,
};
use serde::Serialize;

use crate::args::{AddArgs, SelectArgs, ServerCommand};
use crate::exit::{Code, Failure};
use crate::human;
use crate::output::Output;
use crate::setup::Setup;
use crate::style::Style;

pub(crate) fn run(
    command: &ServerCommand,
    setup: &Setup,
    out: &mut Output,
) -> Result<Code, Failure> {
    if let ServerCommand::Copy { from, to } = command {
        let (from, to) = (setup.registry_named(from)?, setup.registry_named(to)?);
        copy(&*from, &*to, out)?;
        return Ok(Code::Done);
    }
    let registry = &*setup.registry()?;
    match command {
        ServerCommand::Copy { .. } => {}
        ServerCommand::List => list(registry, out)?,
        ServerCommand::Add(args) => {
            let server = server(args)?;
            let outcome = registry.add(&server)?;
            let words = ["added", "there already"];
            changed(
                registry,
                server.name(),
                words,
                outcome,
                &server.warnings(),
                out,
            );
        }
        ServerCommand::Remove { name } => remove(registry, name, out)?,
        ServerCommand::Set {
            name,
            settings,
            unset,
        } => {
            let unset = unset.iter().copied().map(Setting::unset);
            let settings: Vec<Setting> = settings.iter().cloned().chain(unset).collect();
            let outcome = registry.set(name, &settings)?;
            let warnings: Vec<_> = settings.iter().flat_map(|s| s.warnings(name)).collect();
            changed(
                registry,
                name,
                ["changed", "unchanged"],
                outcome,
                &warnings,
                out,
            );
        }
        ServerCommand::Select(args) => choose(registry, args, out)?,
        ServerCommand::Check => check(registry, out)?,
    }
    Ok(Code::Done)
}

#[derive(Serialize)]
struct Copied<'a> {
    from: &'a str,
    to: &'a str,
    added: Vec<&'a str>,
    unchanged: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Told>,
}

/// Adds the servers of one registry to another, none where one of them has another's name there.
fn copy(from: &dyn Store, to: &dyn Store, out: &mut Output) -> Result<(), Failure> {
    let servers = from.servers()?;
    let present = match to.servers() {
        // The first server makes the file.
        Err(RegistryError::NotFound { .. }) => None,
        present => Some(present?),
    };
    let there = |server: &Server| present.as_ref().and_then(|it| it.get(server.name()));
    if let Some(other) = servers
        .iter()
        .find(|it| there(it).is_some_and(|there| there != *it))
    {
        let name = other.name().to_owned();
        let origin = to.origin().to_owned();
        return Err(EditError::NameTaken { origin, name }.into());
    }
    let mut copied = Copied {
        from: from.origin(),
        to: to.origin(),
        added: Vec::new(),
        unchanged: Vec::new(),
        warnings: told(servers.skipped()),
    };
    for server in &servers {
        match to.add(server)? {
            Outcome::Changed => copied.added.push(server.name()),
            Outcome::Unchanged => copied.unchanged.push(server.name()),
        }
    }
    out.done(&copied, |style| {
        let (added, unchanged) = (copied.added.len(), copied.unchanged.len());
        let to = style.strong(copied.to);
        let line = format!("{to}: {added} added, {unchanged} there already\n");
        line + &listed_warnings(&copied.warnings, style)
    });
    Ok(())
}

#[derive(Serialize)]
struct List<'a> {
    registry: &'a str,
    servers: &'a Servers,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Told>,
}

fn list(registry: &dyn Store, out: &mut Output) -> Result<(), Failure> {
    let servers = registry.servers()?;
    let list = List {
        registry: servers.origin(),
        servers: &servers,
        warnings: told(servers.skipped()),
    };
    out.show(&list, |style| {
        listed(&servers, style) + &listed_warnings(&list.warnings, style)
    });
    Ok(())
}

fn listed(servers: &Servers, style: &Style) -> String {
    if servers.is_empty() {
        return format!("{}: holds no server\n", servers.origin());
    }
    let any = |value: Option<&str>| value.unwrap_or("any").to_owned();
    let rows: Vec<[String; 8]> = servers
        .iter()
        .map(|server| {
            [
                server.name().to_owned(),
                server.state().to_string(),
                server.weight().to_string(),
                any(server.os()),
                any(server.version()),
                any(server.arch()),
                server.kernels().map_or_else(|| "unknown".into(), joined),
                server.source().fs_spec().to_owned(),
            ]
        })
        .collect();
    let heads = [
        "NAME", "STATE", "WEIGHT", "OS", "VERSION", "ARCH", "KERNELS", "SOURCE",
    ];
    human::table(heads, &rows, style)
}

fn joined(kernels: &[KernelRelease]) -> String {
    let kernels: Vec<&str> = kernels.iter().map(KernelRelease::as_str).collect();
    kernels.join(",")
}

fn remove(registry: &dyn Store, name: &str, out: &mut Output) -> Result<(), Failure> {
    let outcome = registry.remove(name)?;
    if outcome == Outcome::Unchanged {
        let servers = registry.servers()?;
        if let Some(near) = servers.nearest(name) {
            let registry = servers.origin();
            out.hint(&format!(
                "{registry}: no server is named “{name}”; did you mean “{near}”?"
            ));
        }
    }
    changed(registry, name, ["removed", "not there"], outcome, &[], out);
    Ok(())
}

#[derive(Serialize)]
struct Change<'a> {
    outcome: &'static str,
    registry: &'a str,
    server: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Told>,
}

/// Tells an outcome, in people's text by the words for a change and for none.
fn changed(
    registry: &dyn Store,
    server: &str,
    [change, none]: [&str; 2],
    outcome: Outcome,
    warnings: &[Warning],
    out: &mut Output,
) {
    let change_json = Change {
        outcome: match outcome {
            Outcome::Changed => "changed",
            Outcome::Unchanged => "unchanged",
        },
        registry: registry.origin(),
        server,
        warnings: told(warnings),
    };
    out.done(&change_json, |style| {
        let word = match outcome {
            Outcome::Changed => style.good(change),
            Outcome::Unchanged => style.careful(none),
        };
        let server = osgraft::path::printable(server);
        let line = format!(
            "{}: {word} ({})\n",
            style.strong(&server),
            registry.origin()
        );
        line + &listed_warnings(&change_json.warnings, style)
    });
}

/// The server that the flags describe.
fn server(args: &AddArgs) -> Result<Server, Failure> {
    let source = match (&args.export, &args.virtiofs, &args.disk) {
        (Some(export), ..) => Source::nfs(export)?,
        (None, Some(tag), _) => Source::virtiofs(tag)?,
        // One of the three is there: clap requires it.
        (None, None, disk) => Source::disk(
            disk.as_deref().unwrap_or_default(),
            args.fstype.as_deref().unwrap_or_default(),
        )?,
    };
    let server = Server::new(&args.name, source)?.with_weight(args.weight)?;
    let mut server = server.with_state(args.state);
    if let Some(os) = &args.guests.os {
        server = server.with_os(os)?;
    }
    if let Some(version) = &args.guests.version {
        server = server.with_version(version)?;
    }
    if let Some(arch) = &args.guests.arch {
        server = server.with_arch(arch)?;
    }
    if let Some(kernels) = &args.kernels {
        server = server.with_kernels(kernels)?;
    }
    if let Some(components) = &args.components {
        server = server.with_components(components)?;
    }
    if let Some(release) = &args.release {
        server = server.with_release(release)?;
    }
    if let Some(options) = &args.options {
        server = server.with_options(options)?;
    }
    Ok(server)
}

#[derive(Serialize)]
struct Choice<'a> {
    server: &'a Server,
    reason: String,
    warnings: Vec<Told>,
}

/// A warning as JSON has it.
#[derive(Serialize)]
struct Told {
    code: &'static str,
    text: String,
}

fn told(warnings: &[Warning]) -> Vec<Told> {
    let told = |warning: &Warning| Told {
        code: warning.code(),
        text: warning.to_string(),
    };
    warnings.iter().map(told).collect()
}

fn listed_warnings(warnings: &[Told], style: &Style) -> String {
    let label = style.careful("warning");
    let line = |warning: &Told| format!("  {label} {}: {}\n", warning.code, warning.text);
    warnings.iter().map(line).collect()
}

fn choose(registry: &dyn Store, args: &SelectArgs, out: &mut Output) -> Result<(), Failure> {
    let mut needs = Needs::new(&args.identity);
    needs.os.clone_from(&args.guest.os);
    needs.version.clone_from(&args.guest.version);
    needs.arch.clone_from(&args.guest.arch);
    needs.kernels = args.kernels.iter().map(ToString::to_string).collect();
    needs.components = args.components.iter().map(ToString::to_string).collect();
    let servers = registry.servers()?;
    let selection = match &args.server {
        Some(name) => select_named(&servers, name, &needs)?,
        None => select(&servers, &needs)?,
    };
    let mut warnings = told(&selection.warnings);
    warnings.extend(told(&selection.server.warnings()));
    let choice = Choice {
        server: &selection.server,
        reason: selection.reason.to_string(),
        warnings,
    };
    out.show(&choice, |style| chosen(&selection, &choice, style));
    Ok(())
}

fn chosen(selection: &Selection, choice: &Choice<'_>, style: &Style) -> String {
    let name = style.strong(selection.server.name());
    let source = selection.server.source().fs_spec();
    let text = format!("{name} at {source}: {}\n", choice.reason);
    text + &listed_warnings(&choice.warnings, style)
}

#[derive(Serialize)]
struct Check<'a> {
    registry: &'a str,
    valid: bool,
    servers: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Told>,
}

fn check(registry: &dyn Store, out: &mut Output) -> Result<(), Failure> {
    let servers = registry.servers()?;
    let check = Check {
        registry: servers.origin(),
        valid: true,
        servers: servers.len(),
        warnings: told(&servers.warnings()),
    };
    out.done(&check, |style| {
        let path = style.strong(registry.origin());
        let count = servers.len();
        let plural = if count == 1 { "" } else { "s" };
        let line = format!("{path}: {}, {count} server{plural}\n", style.good("valid"));
        line + &listed_warnings(&check.warnings, style)
    });
    Ok(())
}
