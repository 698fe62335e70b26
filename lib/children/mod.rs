//! Many children, each with an identity of its own: a table with one row each, or a numbered series.
//!
//! All rows are judged before anything is done to one of them: no two have one file, host name, address
//! or hardware address, and none has the address of another's gateway.
//!
//! ```
//! use osgraft::children::{Form, Table};
//! use osgraft::identity::Ask;
//!
//! let text = "file,hostname,address,gateway\n\
//!     web-1.qcow2,web-1,10.0.0.11/24,10.0.0.1\n\
//!     web-2.qcow2,web-2,10.0.0.12/24,10.0.0.1\n";
//! let table = Table::parse(text, Form::Csv, "web.csv", &Ask::default())?;
//! assert_eq!(table.rows()[1].ask.addresses[0].to_string(), "10.0.0.12/24");
//! # Ok::<(), osgraft::children::TableError>(())
//! ```

mod cells;
mod distinct;
mod error;
mod row;
mod series;
mod table;

pub use distinct::distinct;
pub use error::{Fault, TableError};
pub use row::Row;
pub use series::{SeriesError, addresses_from};
pub use table::{Form, MAX_BYTES, MAX_ROWS, Table};
