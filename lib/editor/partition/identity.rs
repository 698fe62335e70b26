//! Names of a partition, whatever it holds.

use super::table::{PartitionError, Table, head};
use super::type_guid::TypeGuid;
use super::{gpt, partitions};
use crate::image::BlockDevice;

/// A partition's UUID and name, as a kernel knows them.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(in crate::editor) struct PartitionIdentity {
    /// In lower case. Of a DOS table it is the disk's signature and the partition's number.
    pub(in crate::editor) uuid: String,
    /// The name in a GPT.
    pub(in crate::editor) name: Option<String>,
}

/// The identity of a partition; `None` where there is no table.
pub(in crate::editor) fn identity(
    device: &mut dyn BlockDevice,
    number: u32,
) -> Result<Option<PartitionIdentity>, PartitionError> {
    Ok(match partitions(device)?.table {
        Table::Gpt => {
            let (entries, ..) = gpt::entries(device)?;
            let at = usize::try_from(number).unwrap_or(usize::MAX).checked_sub(1);
            let entry = at.and_then(|at| entries.get(at));
            entry.map(|entry| PartitionIdentity {
                uuid: TypeGuid(entry.unique_partition_guid).to_string(),
                name: Some(entry.partition_name.as_str().to_owned()),
            })
        }
        Table::Mbr => {
            let sector = head(device, 512)?;
            let signature = sector.get(440..444).and_then(|bytes| bytes.try_into().ok());
            signature
                .map(u32::from_le_bytes)
                .map(|signature| PartitionIdentity {
                    uuid: format!("{signature:08x}-{number:02x}"),
                    name: None,
                })
        }
        Table::None => None,
    })
}
