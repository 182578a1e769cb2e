"""Run a command that dies with its starter: `python leash.py STARTER_PID COMMAND…`.

The kernel is asked to kill this process when the thread that started it ends (PR_SET_PDEATHSIG), then the command
takes the process over, so the pid stays. It is a program of its own because the request has to be made in the child,
and running Python between fork and exec is unsafe beside threads. Started by path, it imports nothing of ours.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def ask_kernel_for_signal_at_parents_end(number: int) -> None:
    """Have the kernel send signal `number` to this process when its parent ends; does nothing outside Linux."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)


def main() -> None:
    """Become the command, on the leash."""
    starter, command = int(sys.argv[1]), sys.argv[2:]
    ask_kernel_for_signal_at_parents_end(signal.SIGKILL)
    if os.getppid() != starter:  # it ended before the kernel knew of us
        sys.exit(1)
    os.execvp(command[0], command)  # noqa: S606 - becoming the command is the purpose


if __name__ == "__main__":
    main()
