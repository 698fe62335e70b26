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

use crate::calls::{guestfs_close, guestfs_create_flags, guestfs_set_error_handler};
use crate::error;
use std::marker::PhantomData;
use std::os::raw::c_uint;
use std::ptr;

#[allow(non_camel_case_types)]
#[repr(C)]
pub(crate) struct guestfs_h {
    _unused: [u32; 0],
}

const GUESTFS_CREATE_NO_ENVIRONMENT: i64 = 1;
const GUESTFS_CREATE_NO_CLOSE_ON_EXIT: i64 = 2;

/// A handle; neither `Send` nor `Sync`.
pub struct Handle<'a> {
    pub(crate) g: *mut guestfs_h,
    borrows: PhantomData<&'a ()>,
}

impl<'a> Handle<'a> {
    /// A handle that prints nothing: errors are handed back only. The first one loads libguestfs.
    pub fn create_silent(flags: CreateFlags) -> Result<Handle<'a>, error::Error> {
        crate::calls::load()?;
        let g = unsafe { guestfs_create_flags(flags.to_libc_int() as c_uint) };
        if g.is_null() {
            return Err(error::Error::Create);
        }
        unsafe { guestfs_set_error_handler(g, ptr::null(), ptr::null_mut()) };
        Ok(Handle {
            g,
            borrows: PhantomData,
        })
    }
}

impl<'a> Drop for Handle<'a> {
    fn drop(&mut self) {
        unsafe { guestfs_close(self.g) }
    }
}

pub struct CreateFlags {
    create_no_environment_flag: bool,
    create_no_close_on_exit_flag: bool,
}

impl CreateFlags {
    pub fn none() -> CreateFlags {
        CreateFlags {
            create_no_environment_flag: false,
            create_no_close_on_exit_flag: false,
        }
    }

    pub fn new() -> CreateFlags {
        CreateFlags::none()
    }

    pub fn create_no_environment(mut self, flag: bool) -> CreateFlags {
        self.create_no_environment_flag = flag;
        self
    }

    pub fn create_no_close_on_exit_flag(mut self, flag: bool) -> CreateFlags {
        self.create_no_close_on_exit_flag = flag;
        self
    }

    unsafe fn to_libc_int(self) -> i64 {
        let mut flag = 0;
        flag |= if self.create_no_environment_flag {
            GUESTFS_CREATE_NO_ENVIRONMENT
        } else {
            0
        };
        flag |= if self.create_no_close_on_exit_flag {
            GUESTFS_CREATE_NO_CLOSE_ON_EXIT
        } else {
            0
        };
        flag
    }
}
