//! The fleet's store, and the registry in it, on real etcd servers.

mod registry;
mod server;
mod store;
