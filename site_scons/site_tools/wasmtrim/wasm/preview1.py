"""The functions of WASI preview 1, which is closed: no host has others under its module's name.

Source: wasi_snapshot_preview1.witx (WASI, phases/snapshot), lowered as its ABI document says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

MODULE: Final = "wasi_snapshot_preview1"

# The type of each function, by its name.
FUNCTIONS: Final[Mapping[str, str]] = {
    "args_get": "func(i32, i32) -> i32",
    "args_sizes_get": "func(i32, i32) -> i32",
    "environ_get": "func(i32, i32) -> i32",
    "environ_sizes_get": "func(i32, i32) -> i32",
    "clock_res_get": "func(i32, i32) -> i32",
    "clock_time_get": "func(i32, i64, i32) -> i32",
    "fd_advise": "func(i32, i64, i64, i32) -> i32",
    "fd_allocate": "func(i32, i64, i64) -> i32",
    "fd_close": "func(i32) -> i32",
    "fd_datasync": "func(i32) -> i32",
    "fd_fdstat_get": "func(i32, i32) -> i32",
    "fd_fdstat_set_flags": "func(i32, i32) -> i32",
    "fd_fdstat_set_rights": "func(i32, i64, i64) -> i32",
    "fd_filestat_get": "func(i32, i32) -> i32",
    "fd_filestat_set_size": "func(i32, i64) -> i32",
    "fd_filestat_set_times": "func(i32, i64, i64, i32) -> i32",
    "fd_pread": "func(i32, i32, i32, i64, i32) -> i32",
    "fd_prestat_get": "func(i32, i32) -> i32",
    "fd_prestat_dir_name": "func(i32, i32, i32) -> i32",
    "fd_pwrite": "func(i32, i32, i32, i64, i32) -> i32",
    "fd_read": "func(i32, i32, i32, i32) -> i32",
    "fd_readdir": "func(i32, i32, i32, i64, i32) -> i32",
    "fd_renumber": "func(i32, i32) -> i32",
    "fd_seek": "func(i32, i64, i32, i32) -> i32",
    "fd_sync": "func(i32) -> i32",
    "fd_tell": "func(i32, i32) -> i32",
    "fd_write": "func(i32, i32, i32, i32) -> i32",
    "path_create_directory": "func(i32, i32, i32) -> i32",
    "path_filestat_get": "func(i32, i32, i32, i32, i32) -> i32",
    "path_filestat_set_times": "func(i32, i32, i32, i32, i64, i64, i32) -> i32",
    "path_link": "func(i32, i32, i32, i32, i32, i32, i32) -> i32",
    "path_open": "func(i32, i32, i32, i32, i32, i64, i64, i32, i32) -> i32",
    "path_readlink": "func(i32, i32, i32, i32, i32, i32) -> i32",
    "path_remove_directory": "func(i32, i32, i32) -> i32",
    "path_rename": "func(i32, i32, i32, i32, i32, i32) -> i32",
    "path_symlink": "func(i32, i32, i32, i32, i32) -> i32",
    "path_unlink_file": "func(i32, i32, i32) -> i32",
    "poll_oneoff": "func(i32, i32, i32, i32) -> i32",
    "proc_exit": "func(i32)",
    "proc_raise": "func(i32) -> i32",
    "sched_yield": "func() -> i32",
    "random_get": "func(i32, i32) -> i32",
    "sock_accept": "func(i32, i32, i32) -> i32",
    "sock_recv": "func(i32, i32, i32, i32, i32, i32) -> i32",
    "sock_send": "func(i32, i32, i32, i32, i32) -> i32",
    "sock_shutdown": "func(i32, i32) -> i32",
}
