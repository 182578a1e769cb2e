"""`make clean`: remove the data of the local servers, and nothing that is not ours. Needs the standard library only."""

import shutil
import sys
from pathlib import Path

from deploy.local import data_folder
from deploy.local.errors import StartError


def clean(folder: Path) -> None:
    """Remove a data folder of any layout version. Raises StartError while a demo runs on it, or if it is not ours."""
    if not folder.exists():
        return
    lock = data_folder.FolderLock(folder)
    lock.take()
    try:
        if not (folder / "version").exists() and any(entry.name != "lock" for entry in folder.iterdir()):
            raise StartError(
                f"{folder} holds files that are not Gastrack's, so it stays; remove it by hand if you mean it."
            )
        shutil.rmtree(folder)
    finally:
        lock.release()


def main() -> int:
    """Clean the chosen folder."""
    folder = data_folder.chosen_folder()
    try:
        clean(folder)
    except StartError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
