//! The registry from outside: golden files, the file store, which server a child is given.

mod fixtures;
mod selection;
mod store;
