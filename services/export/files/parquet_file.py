"""Rows as parquet: row groups of some ten thousand rows, typed columns with their units, written as they stream.

Imported only where parquet is asked for: pyarrow is an extra (`pip install gastrack[parquet]`) and takes 50 MB. Blocks
are handed to it as csv, which it reads in C++: so parquet cannot say anything else than csv does.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from services.export.files.asked import Dialect
from services.export.files.blocks import Block
from services.export.files.csv_file import CsvWriter
from services.export.files.escaping import plain_csv_text
from services.export.files.layout import FileColumn, Kind, Layout
from services.export.files.writing import Drain, Text

ROWS_PER_GROUP = 50_000
"""Some 10 MB in memory; a reader that wants a month of one line skips the other groups."""
_TYPES: dict[Kind, pa.DataType] = {
    Kind.TEXT: pa.string(),
    Kind.FREE: pa.string(),
    Kind.WHOLE: pa.int64(),
    Kind.DECIMAL: pa.float64(),
    Kind.DAY: pa.date32(),
    Kind.INSTANT: pa.timestamp("ms", tz="UTC"),
}


@dataclass(slots=True)
class ParquetWriter:
    """Writes parquet; some 300,000 rows a second."""

    layout: Layout
    keeps_text: bool = False
    _waiting: list[pa.Table] = field(default_factory=list, init=False)
    _drain: Drain = field(default_factory=Drain, init=False)
    _csv: CsvWriter = field(init=False)
    _schema: pa.Schema = field(init=False)
    _file: pyarrow.parquet.ParquetWriter = field(init=False)

    def __post_init__(self) -> None:
        self._csv = CsvWriter(self.layout, Dialect.RFC4180)
        self._schema = pa.schema([_field(column) for column in self.layout.columns])
        self._file = pyarrow.parquet.ParquetWriter(pa.PythonFile(self._drain, "w"), self._schema, compression="zstd")

    def quoted(self, free: str) -> str:
        """Return a quoted cell; no spreadsheet opens parquet, so nothing is disarmed."""
        return plain_csv_text(free)

    def begin(self) -> bytes:
        """Return the mark with which every parquet file begins."""
        return self._drain.taken()

    def texts(self, block: Block, edges: Sequence[int]) -> list[bytes]:
        """Return the rows of each stretch as csv."""
        return self._csv.texts(block, edges)

    def put(self, text: Text) -> bytes:
        """Take rows; return a row group once there are enough."""
        self._waiting.append(_table(text, self._schema))
        if sum(len(table) for table in self._waiting) >= ROWS_PER_GROUP:
            self._write_group()
        return self._drain.taken()

    def end(self, rows: int) -> bytes:
        """Return the last row group, and the foot that says where all are."""
        del rows
        self._write_group()
        self._file.close()
        return self._drain.taken()

    def _write_group(self) -> None:
        if self._waiting:
            table = pa.concat_tables(self._waiting).combine_chunks()
            self._file.write_table(table, row_group_size=len(table))
            self._waiting = []


def _field(column: FileColumn) -> pa.Field[pa.DataType]:
    metadata = {"description": column.meaning, **({"unit": column.unit} if column.unit else {})}
    return pa.field(column.title, _TYPES[column.kind], metadata=metadata)


def _table(text: Text, schema: pa.Schema) -> pa.Table:
    read = pyarrow.csv.ReadOptions(column_names=schema.names, use_threads=False, block_size=len(text) + 1)
    parse = pyarrow.csv.ParseOptions(newlines_in_values=True)
    types = {field.name: field.type for field in schema}
    # What stands in quotes is a text, be it empty: nothing else is a value that is missing.
    convert = pyarrow.csv.ConvertOptions(
        column_types=types, null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False
    )
    table = pyarrow.csv.read_csv(io.BytesIO(text), read_options=read, parse_options=parse, convert_options=convert)
    # The types are there already: to cast would load pyarrow's functions, 40 ms of a process's first file.
    return pa.Table.from_arrays(table.columns, schema=schema)
