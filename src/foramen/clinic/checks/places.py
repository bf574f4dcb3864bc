"""What the operating system says of a folder: on which kind of file system it is, and how much room there is."""

import re
import shutil
from pathlib import Path

ESCAPED = re.compile(r"\\([0-7]{3})")
"""How the kernel writes a space in a path."""

MOUNTS = Path("/proc/self/mounts")
NETWORK = frozenset({
    "nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "afs", "ceph", "9p", "lustre", "gpfs", "ncpfs", "beegfs",
    "fuse.sshfs", "fuse.glusterfs", "fuse.ceph-fuse", "fuse.s3fs", "fuse.rclone", "fuse.davfs2", "davfs",
    "fuse.vmhgfs-fuse", "vboxsf", "prl_fs",
})  # fmt: skip
"""Kinds of file systems that are elsewhere: on another machine, or on the host of this one."""


def file_system_of(folder: Path, mounts: str | None = None) -> str:
    """The kind of the file system that holds a folder, as the kernel calls it; empty where it does not say."""
    told = _mounts() if mounts is None else mounts
    wanted, found, deepest = folder.resolve(), "", -1
    for line in told.splitlines():
        _, place, kind, *_ = [*line.split(" "), "", "", ""]
        point = Path(ESCAPED.sub(lambda found: chr(int(found[1], 8)), place))
        if place and wanted.is_relative_to(point) and len(point.parts) >= deepest:
            found, deepest = kind, len(point.parts)
    return found


def _mounts() -> str:
    try:
        return MOUNTS.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def free_space(folder: Path) -> int:
    """Bytes that are free where a folder is, or will be."""
    there = next(one for one in (folder, *folder.parents) if one.exists())
    return shutil.disk_usage(there).free
