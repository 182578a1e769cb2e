"""`gastrack download`: the command of the client package, asking the demo that runs here where no other is named."""

from __future__ import annotations

from collections.abc import Sequence

from deploy.local import addresses, data_folder
from gastrack_client.command import main


def run(arguments: Sequence[str]) -> int:
    """Run the client's command; exit codes 0, 1 and 2 as it gives them."""
    demo = addresses.read(data_folder.chosen_folder())
    return main(arguments, "gastrack download", demo.http if demo else "")
