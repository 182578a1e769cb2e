"""What is asked for, as the interface takes it, and where a file goes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gastrack_client import DownloadError, Question
from gastrack_client.errors import BusyError
from gastrack_client.part_file import PartFile, place_for, write_whole

QUESTION = Question(lines=["A", "B"], nodes=["N"], first="2026-11-01", format="xml", more={"unit": "MJ", "dialect": ""})


def test_a_question_says_what_was_said() -> None:
    """Nothing that was left out."""
    assert QUESTION.parameters == [
        *(("line", "A"), ("line", "B"), ("node", "N")),
        *(("from", "2026-11-01"), ("format", "xml"), ("unit", "MJ")),
    ]
    assert QUESTION.order == {"line": ["A", "B"], "node": ["N"], "from": "2026-11-01", "format": "xml", "unit": "MJ"}
    assert Question(lines=["A"]).order == {"line": ["A"]}


def test_a_file_goes_where_it_is_told() -> None:
    """Into a folder under the offered name."""
    assert place_for(Path("some/where.csv"), "a.csv") == Path("some/where.csv")


def test_an_offered_name_is_no_path(tmp_path: Path) -> None:
    """Whatever a service says: nothing is written outside of the folder."""
    assert place_for(tmp_path, "gastrack_A_hour.csv") == tmp_path / "gastrack_A_hour.csv"
    for name in ("", "../a", "/etc/passwd", "a/b", ".hidden", "a\0b", "a" * 300):
        with pytest.raises(DownloadError, match="offers"):
            place_for(tmp_path, name)


def test_a_part_goes_on_and_gets_its_name_at_the_end(tmp_path: Path) -> None:
    """What an earlier program left is there; nothing stands under the name before."""
    final = tmp_path / "a.csv"
    for block, size in ((b"one", 3), (b"two", 6)):
        part = PartFile(final)
        part.open()
        part.write(block)
        assert (part.size, final.exists()) == (size, False)
        part.close()
    part.open()
    part.cut(4)
    part.write(b"!")
    part.flush()
    part.publish()
    part.close()
    assert final.read_bytes() == b"onet!"
    assert list(tmp_path.iterdir()) == [final]


def test_two_programs_do_not_write_one_file(tmp_path: Path) -> None:
    """The second says so and leaves it alone."""
    first, second = PartFile(tmp_path / "a.csv"), PartFile(tmp_path / "a.csv")
    first.open()
    with pytest.raises(BusyError, match="another program"):
        second.open()
    first.close()
    second.open()
    second.close()


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    """In a sentence."""
    with pytest.raises(DownloadError, match="cannot be written"):
        PartFile(tmp_path / "none" / "a.csv").open()
    with pytest.raises(DownloadError, match="cannot be written"):
        write_whole(tmp_path / "none" / "since", "2026-11-23T11:02:10.123Z")


def test_what_is_no_file_is_not_replaced(tmp_path: Path) -> None:
    """A pipe here, /dev/null elsewhere: it would be a file afterwards, for everybody."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(DownloadError, match="is no file"):
        PartFile(pipe).open()
    assert list(tmp_path.iterdir()) == [pipe]
    assert pipe.is_fifo()
