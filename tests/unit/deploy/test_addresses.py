"""The addresses of the running demo."""

from pathlib import Path

from deploy.local import addresses
from deploy.local.addresses import Addresses


def test_written_read_removed(tmp_path: Path) -> None:
    """What was written is read; nothing is there before and after, and no draft stays."""
    told = Addresses(
        "127.0.0.1:20001",
        "mongodb://127.0.0.1:20002/?replicaSet=rs0",
        "http://127.0.0.1:8080",
        {"query": "http://127.0.0.1:20003"},
    )
    assert addresses.read(tmp_path) is None
    addresses.write(tmp_path, told)
    assert addresses.read(tmp_path) == told
    assert [entry.name for entry in tmp_path.iterdir()] == ["addresses.json"]
    addresses.remove(tmp_path)
    addresses.remove(tmp_path)
    assert addresses.read(tmp_path) is None
