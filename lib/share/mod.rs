//! The shared tree itself: releases of it, and the kernels that they boot.

pub mod boot;
