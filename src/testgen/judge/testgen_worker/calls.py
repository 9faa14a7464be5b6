"""System calls that are refused in a sandbox: neither namespaces nor Landlock close what they lead to.

Sockets of unusual families (a virtual machine's line to its host has no namespace), the keys that the kernel
keeps for the user, and changing the limits and priorities of processes that are not one's own.
"""

import ctypes
import platform
import struct
from typing import Dict, Iterable, List, NamedTuple, Tuple

Line = Tuple[int, int, int, int]  # code, lines to jump over if true, if false, value


class Machine(NamedTuple):
    """How a kind of machine is called in the filter's data, and the numbers of its calls."""

    mark: int
    numbers: Dict[str, int]


MACHINES = {
    "x86_64": Machine(
        0xC000003E,
        {
            "socket": 41, "io_uring_setup": 425, "add_key": 248, "request_key": 249, "keyctl": 250,
            "prlimit64": 302, "setpriority": 141, "ioprio_set": 251, "sched_setaffinity": 203,
            "sched_setparam": 142, "sched_setscheduler": 144, "sched_setattr": 314,
            "shmget": 29, "shmat": 30, "shmctl": 31, "semget": 64, "semop": 65, "semctl": 66,
            "semtimedop": 220,
            "msgget": 68, "msgsnd": 69, "msgrcv": 70, "msgctl": 71, "mq_open": 240, "mq_unlink": 241,
        },
    ),
    "aarch64": Machine(
        0xC00000B7,
        {
            "socket": 198, "io_uring_setup": 425, "add_key": 217, "request_key": 218, "keyctl": 219,
            "prlimit64": 261, "setpriority": 140, "ioprio_set": 30, "sched_setaffinity": 122,
            "sched_setparam": 118, "sched_setscheduler": 119, "sched_setattr": 274,
            "shmget": 194, "shmat": 196, "shmctl": 195, "semget": 190, "semop": 193, "semctl": 191,
            "semtimedop": 192,
            "msgget": 186, "msgsnd": 189, "msgrcv": 188, "msgctl": 187, "mq_open": 180, "mq_unlink": 181,
        },
    ),
}  # fmt: skip
X32_BIT = 0x40000000

# io_uring does other calls unseen.
NEVER = ("io_uring_setup", "add_key", "request_key", "keyctl", "ioprio_set")
# Memory, locks and queues shared with all that the user runs; bwrap has its own of them.
SHARED = (
    *("shmget", "shmat", "shmctl", "semget", "semop", "semctl", "semtimedop"),
    *("msgget", "msgsnd", "msgrcv", "msgctl", "mq_open", "mq_unlink"),
)
# The arguments that must be 0, which means the calling process.
ONLY_SELF = {
    "prlimit64": (0,),
    "setpriority": (0, 1),
    "sched_setaffinity": (0,),
    "sched_setparam": (0,),
    "sched_setscheduler": (0,),
    "sched_setattr": (0,),
}
FAMILIES = (1, 2, 10, 16)  # socket files, IPv4, IPv6, the kernel's own table of networks

LOAD, EQUAL, AT_LEAST, ANSWER = 0x20, 0x15, 0x35, 0x06
NUMBER, MACHINE, ARGUMENTS = 0, 4, 16  # where they stand in the filter's data
YES, NO = (ANSWER, 0, 0, 0x7FFF0000), (ANSWER, 0, 0, 0x00050000 | 13)  # go on; permission denied
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 22, 38


def refuse(calls: Iterable[str], families: Tuple[int, ...]) -> None:
    """Refuse these calls, those of ONLY_SELF on others, and sockets that are of none of the families.

    Where the machine's numbers are not known nothing is refused; raises OSError where the kernel says no.
    """
    machine = MACHINES.get(platform.machine())
    if machine is None:
        return
    lines = program(machine, calls, families)
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in lines))
    order = struct.pack("HP", len(lines), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    for arguments in ((PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), (PR_SET_SECCOMP, 2, order, 0, 0)):
        if libc.prctl(*arguments) < 0:
            raise OSError(ctypes.get_errno(), "seccomp")


def program(machine: Machine, calls: Iterable[str], families: Tuple[int, ...]) -> List[Line]:
    """The filter in the language of the kernel's packet filters."""
    numbers = machine.numbers
    lines = [(LOAD, 0, 0, MACHINE), (EQUAL, 1, 0, machine.mark), NO]
    lines += [(LOAD, 0, 0, NUMBER), (AT_LEAST, 0, 1, X32_BIT), NO]
    for name in calls:
        lines += on(numbers[name], [NO])
    for name, places in ONLY_SELF.items():
        checks = [line for place in places for line in [argument(place), (EQUAL, 1, 0, 0), NO]]
        lines += on(numbers[name], [*checks, YES])
    fine = [line for family in families for line in [(EQUAL, 0, 1, family), YES]]
    return [*lines, *on(numbers["socket"], [argument(0), *fine, NO]), YES]


def on(number: int, then: List[Line]) -> List[Line]:
    """What to do about one call."""
    return [(EQUAL, 0, len(then), number), *then]


def argument(place: int) -> Line:
    """Load the lower half of an argument."""
    return (LOAD, 0, 0, ARGUMENTS + 8 * place)
