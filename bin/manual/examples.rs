//! EXAMPLES of the pages.

/// A command line that works, of one command's page.
pub(super) struct Example {
    /// The command, as it is called.
    pub(super) of: &'static str,
    /// Its purpose.
    pub(super) does: &'static str,
    /// The line.
    pub(super) command: &'static str,
}

const fn example(of: &'static str, does: &'static str, command: &'static str) -> Example {
    Example { of, does, command }
}

/// Every example.
pub(super) const EXAMPLES: [Example; 46] = [
    example(
        "osgraft",
        "Make a child of a master and prepare it",
        "osgraft clone /var/lib/osgraft/masters/deb12.qcow2 web-7.qcow2 --prepare",
    ),
    example(
        "osgraft",
        "See what is wrong with this host",
        "osgraft doctor",
    ),
    example(
        "osgraft clone",
        "Make 200 children, prepare each, and tell of each in a line of JSON",
        "osgraft clone /var/lib/osgraft/masters/deb12.qcow2 web-{n}.qcow2 --count 200 --prepare --json",
    ),
    example(
        "osgraft clone",
        "Make a child of a raw master",
        "osgraft clone --master-format raw /var/lib/osgraft/masters/deb12.img web-7.qcow2",
    ),
    example(
        "osgraft clone",
        "Make 20 children that boot once, each as itself",
        "osgraft clone /var/lib/osgraft/masters/deb12.qcow2 web-{n}.qcow2 --count 20 --prepare --hostname web-{n} --address-from 10.0.0.10/24 --gateway 10.0.0.1",
    ),
    example(
        "osgraft clone",
        "Make the children of a table, each with what its row says",
        "osgraft clone /var/lib/osgraft/masters/deb12.qcow2 --children web.csv --prepare",
    ),
    example(
        "osgraft prepare",
        "Give a child its host name, and an address of a pool",
        "osgraft prepare --hostname web-7 --pool web web-7.qcow2",
    ),
    example(
        "osgraft prepare",
        "Prepare four children at once",
        "osgraft prepare --jobs 4 web-1.qcow2 web-2.qcow2 web-3.qcow2 web-4.qcow2",
    ),
    example(
        "osgraft prepare",
        "Give a child one server, which it keeps",
        "osgraft prepare --server deb12-a web-7.qcow2",
    ),
    example(
        "osgraft prepare",
        "Prepare a child that installs its NFS client at its first boot",
        "osgraft prepare --allow nfs-client-missing web-7.qcow2",
    ),
    example(
        "osgraft plan",
        "Show what prepare would change",
        "osgraft plan web-7.qcow2",
    ),
    example(
        "osgraft verify",
        "Tell whether a child is prepared, as JSON",
        "osgraft verify --json web-7.qcow2",
    ),
    example(
        "osgraft revert",
        "Take the grafts of two children back",
        "osgraft revert web-7.qcow2 web-8.qcow2",
    ),
    example(
        "osgraft inspect",
        "Show what is known of a master",
        "osgraft inspect /var/lib/osgraft/masters/deb12.qcow2",
    ),
    example(
        "osgraft recover",
        "Finish or drop an edit that a crash interrupted",
        "osgraft recover web-7.qcow2",
    ),
    example(
        "osgraft doctor",
        "Try the libguestfs appliance too",
        "osgraft doctor --deep",
    ),
    example(
        "osgraft hook",
        "Have libvirt prepare domains as they start",
        "osgraft hook install libvirt",
    ),
    example(
        "osgraft hook install",
        "Have Proxmox prepare VMs as they start",
        "osgraft hook install proxmox",
    ),
    example(
        "osgraft hook install libvirt",
        "Let a machine start of which nothing is known when the configuration is broken",
        "osgraft hook install libvirt --default-start",
    ),
    example(
        "osgraft hook install proxmox",
        "Use the snippets of another storage",
        "osgraft hook install proxmox --snippets /mnt/pve/nfs/snippets",
    ),
    example(
        "osgraft hook uninstall",
        "Take libvirt's hook away",
        "osgraft hook uninstall libvirt",
    ),
    example(
        "osgraft server",
        "Show the OS servers",
        "osgraft server list",
    ),
    example(
        "osgraft server add",
        "Add an NFS server that serves the modules of Debian 12",
        "osgraft server add deb12-a --export 9.7.25.123:/vol/shared_lib --os debian --version 12 --arch x86_64 --components lib/modules",
    ),
    example(
        "osgraft server add",
        "Add a disk that each machine has attached",
        "osgraft server add local --disk LABEL=osshare --fstype erofs",
    ),
    example(
        "osgraft server set",
        "Take no new children, and serve another kernel",
        "osgraft server set deb12-a state=draining kernels=6.1.0-37-amd64,6.1.0-38-amd64",
    ),
    example(
        "osgraft server select",
        "Tell which server a Debian 12 guest would be given",
        "osgraft server select web-7 --os debian --version 12 --arch x86_64",
    ),
    example(
        "osgraft pool",
        "Show the pools, and who has which address",
        "osgraft pool list",
    ),
    example(
        "osgraft pool list",
        "Show the same for a script",
        "osgraft pool list --json",
    ),
    example(
        "osgraft pool reserve",
        "Reserve an address for a child that is made later",
        "osgraft pool reserve web web-7",
    ),
    example(
        "osgraft pool release",
        "Release the addresses of a disk that was removed",
        "osgraft pool release /images/web-7.qcow2",
    ),
    example(
        "osgraft share image",
        "Make a disk of a release, for machines without a file server",
        "osgraft share image /srv/os/2026-11-27",
    ),
    example(
        "osgraft share server-disk",
        "Make another server of a release, and add it to the registry",
        "osgraft share server-disk deb12-nfs.qcow2 os-3.qcow2 --release /srv/osgraft/2026-11-27 --hostname os-3 --address 192.0.2.13/24 --add deb12-c",
    ),
    example(
        "osgraft share snippet",
        "Print the device by which a machine has that disk",
        "osgraft share snippet deb12-disk --source /srv/os/2026-11-27/share.erofs",
    ),
    example(
        "osgraft share snippet",
        "Print what virtiofs needs for a machine of 4 GiB",
        "osgraft share snippet deb12-fs --source /srv/os/2026-11-27/tree --memory 4G",
    ),
    example(
        "osgraft credentials",
        "Give an encrypted guest its share",
        "osgraft credentials vault.qcow2 --server deb12-a",
    ),
    example(
        "osgraft share",
        "Make a release of the master's modules, with its kernel",
        "osgraft share extract deb12.qcow2 /srv/osgraft --release 2026-11-27 --component lib/modules",
    ),
    example(
        "osgraft share extract",
        "Make a release of what a guest's compilers need",
        "osgraft share extract deb12.qcow2 /srv/osgraft --release gcc-12 --component usr/include --component usr/lib/gcc",
    ),
    example(
        "osgraft share list",
        "Show the releases, for a script",
        "osgraft share list --json /srv/osgraft",
    ),
    example(
        "osgraft share thin",
        "Make a thin copy of a master, for children whose modules come from a share",
        "osgraft share thin deb12.qcow2 deb12-thin.qcow2 --keep wireguard",
    ),
    example(
        "osgraft share savings",
        "Draw what a hundred children take, with a share and without",
        "osgraft share savings deb12.qcow2 --children 100 --thin deb12-thin.qcow2 --child web-1.qcow2 --image share.erofs --svg savings.svg",
    ),
    example(
        "osgraft share verify",
        "See that nothing of a release changed",
        "osgraft share verify /srv/osgraft/2026-11-27",
    ),
    example(
        "osgraft share remove",
        "Remove a release that no server serves any more",
        "osgraft share remove /srv/osgraft/2026-11-20",
    ),
    example(
        "osgraft share serve",
        "Let the kernel's NFS server export the releases to one network",
        "osgraft share serve /srv/osgraft --nfs kernel --client 192.0.2.0/24 --install",
    ),
    example(
        "osgraft explain",
        "Tell what a warning means",
        "osgraft explain boot-waits",
    ),
    example(
        "osgraft completions",
        "Install the completions for bash",
        "osgraft completions bash",
    ),
    example(
        "osgraft man",
        "Write the pages where man(1) finds them",
        "osgraft man /usr/local/share/man/man1",
    ),
];

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::args::Args;

    #[test]
    fn each_example_is_a_command_line_of_its_own_page() {
        for example in &EXAMPLES {
            let words = example.command.split(' ');
            if let Err(error) = Args::try_parse_from(words) {
                panic!("{}: {error}", example.command);
            }
            assert!(
                example.command.starts_with(example.of),
                "{}",
                example.command
            );
        }
    }
}
