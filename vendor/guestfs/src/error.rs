/* libguestfs Rust bindings
 * Copyright (C) 2019 Hiroyuki Katsura <hiroyuki.katsura.0513@gmail.com>
 *
 * This library is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2 of the License, or (at your option) any later version.
 *
 * This library is distributed in the hope that it will be useful,
 * but WITHOUT ANY WARRANTY; without even the implied warranty of
 * MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
 * Lesser General Public License for more details.
 *
 * You should have received a copy of the GNU Lesser General Public
 * License along with this library; if not, write to the Free Software
 * Foundation, Inc., 51 Franklin Street, Fifth Floor, Boston, MA 02110-1301 USA
 */

use crate::base;
use crate::calls::{guestfs_last_errno, guestfs_last_error};
use crate::utils;
use std::convert;
use std::ffi;
use std::fmt;

/// A call that libguestfs or its daemon refused.
#[derive(Debug)]
pub struct APIError {
    /// The call.
    pub operation: &'static str,
    /// What was said, in bytes as they came: a guest may have made some of them.
    pub message: Vec<u8>,
    /// The errno that goes with it; 0 where none is known.
    pub errno: i32,
}

/// Why a call failed.
#[derive(Debug)]
pub enum Error {
    /// libguestfs said so.
    API(APIError),
    /// An argument holds a NUL byte.
    IllegalString(ffi::NulError),
    /// An argument is longer than the call can say.
    TooLarge,
    /// No handle could be made.
    Create,
    /// The library is not there, or lacks a call; the loader's words.
    Load(String),
}

impl fmt::Display for APIError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = String::from_utf8_lossy(&self.message);
        write!(f, "{}: {}", self.operation, message.escape_debug())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::API(error) => error.fmt(f),
            Error::IllegalString(error) => error.fmt(f),
            Error::TooLarge => f.write_str("an argument is longer than the call can say"),
            Error::Create => f.write_str("libguestfs made no handle"),
            Error::Load(error) => {
                write!(f, "libguestfs cannot be loaded: {}", error.escape_debug())
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::IllegalString(error) => Some(error),
            _ => None,
        }
    }
}

impl convert::From<ffi::NulError> for Error {
    fn from(error: ffi::NulError) -> Self {
        Error::IllegalString(error)
    }
}

impl<'a> base::Handle<'a> {
    pub(crate) fn get_error_from_handle(&self, operation: &'static str) -> Error {
        let c_msg = unsafe { guestfs_last_error(self.g) };
        let message = unsafe { utils::char_ptr_to_bytes(c_msg) };
        let errno = unsafe { guestfs_last_errno(self.g) };
        Error::API(APIError {
            operation,
            message,
            errno,
        })
    }
}
