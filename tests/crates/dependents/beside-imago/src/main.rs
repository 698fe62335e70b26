//! A program that uses imago with its default features, and osgraft.

use imago::file::File;
use imago::qcow2::Qcow2;
use imago::{FormatAccess, FormatDriverBuilder, PermissiveImplicitOpenGate};
use osgraft::image::{BlockDevice, Child, MasterFormat, Overlay};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args_os().nth(1).map(std::path::PathBuf::from);
    let folder = folder.ok_or("name an empty folder")?;
    let (master, child) = (folder.join("master.raw"), folder.join("child.qcow2"));
    std::fs::write(&master, vec![7; 1 << 20])?;
    Overlay::new(&master).format(MasterFormat::Raw).create(&child)?;

    let locked = Child::open(&child, &master)?.lock()?;
    let mut scratch = locked.scratch()?;
    scratch.write_at(4096, b"written by osgraft")?;
    locked.commit(&scratch.finish()?)?;

    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let text = runtime.block_on(async {
        let image = Qcow2::<File>::builder_path(&child);
        let image = image.open(PermissiveImplicitOpenGate::default()).await?;
        let mut text = [0; 18];
        FormatAccess::new(image).read(&mut text[..], 4096).await?;
        Ok::<_, std::io::Error>(text)
    })?;
    assert_eq!(&text, b"written by osgraft");

    // In a task of that runtime too, where its locks count how often they are taken.
    runtime.block_on(async {
        let open = Child::open(&child, &master)?.read()?;
        let mut disk = open.scratch()?;
        for number in 0..2000 {
            disk.read_at(number * 512, &mut [0; 512])?;
        }
        Ok::<_, Box<dyn std::error::Error>>(())
    })
}
