"""Tables through the policy: CSV and Parquet."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from maskgate.base.errors import ConfigurationError
from maskgate.cli import cli


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test in a folder of its own."""
    monkeypatch.chdir(tmp_path)


def mask(*args: str) -> Any:
    """Run `maskgate mask` in this process."""
    return cli.main(["mask", "--model", "none", *args], standalone_mode=False)


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_csv_keeps_its_form(mark: str, end: str) -> None:
    """The delimiter, the line ends and the header stay; cells are masked by column and content."""
    rows = [
        ["id", "email", "note", "amount"],
        ["1", "ann@acme-corp.com", 'said "hi" to bob@acme-corp.com', "1.10"],
        ["2", "", "", "007"],
    ]

    def line(cells: list[str]) -> str:
        return mark.join('"' + c.replace('"', '""') + '"' if '"' in c else c for c in cells) + end

    Path("in.csv").write_bytes("".join(map(line, rows)).encode())
    assert mask("in.csv", "--format", "csv", "-o", "out.csv", "-q") == 0
    rows[1] = ["1", "<EMAIL_ADDRESS>", 'said "hi" to <EMAIL_ADDRESS>', "1.10"]
    assert Path("out.csv").read_bytes().decode() == "".join(map(line, rows))


def test_csv_rows_that_do_not_fit_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    """A row with more cells than columns is named with its line and left out; a shorter one passes."""
    Path("in.csv").write_text("a,b\n1,2,ann@acme-corp.com\n3\n")
    assert mask("in.csv", "--format", "csv", "-o", "out.csv") == 1
    assert Path("out.csv").read_text() == "a,b\n3\n"
    err = capsys.readouterr().err
    assert "line 2: too_many_cells" in err
    assert "ann" not in err


def test_csv_with_dropped_cells_keeps_its_columns() -> None:
    """A dropped member is an empty cell."""
    Path("p.yaml").write_text("default: drop\n")
    Path("in.csv").write_text("email,n\nann@acme-corp.com,1\n")
    assert mask("in.csv", "--format", "csv", "-o", "out.csv", "-q", "-p", "p.yaml") == 0
    assert Path("out.csv").read_text() == "email,n\n,1\n"


def test_parquet_keeps_its_types() -> None:
    """Untouched columns keep type and value; numbers stay numbers; a column that must hold labels becomes text."""
    table = pa.table(
        {
            "id": pa.array([1, 2**60], pa.int64()),
            "email": ["ann@acme-corp.com", None],
            "card_number": pa.array([4111111111111111, 4111111111111111], pa.int64()),
            "date_of_birth": pa.array([datetime.date(1985, 3, 12), None], pa.date32()),
            "at": pa.array([datetime.datetime(2024, 1, 2, 3, 4, 5, 678)] * 2, pa.timestamp("us")),
            "price": pa.array([float("nan"), 1.5]),
            "tags": [["bob@acme-corp.com", "x"], []],
            "blob": pa.array([b"\x00\xff", None], pa.binary()),
        }
    )
    pq.write_table(table, "in.parquet")
    assert mask("in.parquet", "--format", "parquet", "-o", "out.parquet", "-q") == 0
    out = pq.read_table("out.parquet")
    for name in ("id", "at", "price", "blob"):
        assert out.schema.field(name).type == table.schema.field(name).type
    assert out["id"].to_pylist() == [1, 2**60]
    assert out["at"].to_pylist() == table["at"].to_pylist()
    assert out["email"].to_pylist() == ["<EMAIL_ADDRESS>", None]
    assert out["card_number"].to_pylist() == [10**15, 10**15]
    assert out["tags"].to_pylist() == [["<EMAIL_ADDRESS>", "x"], []]
    assert out["blob"].to_pylist() == [b"\x00\xff", None]
    assert out.schema.field("date_of_birth").type == pa.string()
    assert out["date_of_birth"].to_pylist() == ["<DATE_TIME>", None]


def test_parquet_dates_that_are_shifted_stay_dates() -> None:
    """An operator whose result fits keeps the column's type."""
    Path("p.yaml").write_text("default: date_shift\n")
    table = pa.table({"date_of_birth": pa.array([datetime.date(1985, 3, 12)], pa.date32())})
    pq.write_table(table, "in.parquet")
    assert mask("in.parquet", "--format", "parquet", "-o", "out.parquet", "-q", "-p", "p.yaml") == 0
    out = pq.read_table("out.parquet")
    assert out.schema.field("date_of_birth").type == pa.date32()
    assert out["date_of_birth"].to_pylist() != [datetime.date(1985, 3, 12)]


def test_what_is_no_table_is_refused() -> None:
    """A file that is not Parquet, or no output file, is wrong use; nothing half-written stays."""
    Path("in").write_text("nope")
    with pytest.raises(ConfigurationError, match="not a Parquet file"):
        mask("in", "--format", "parquet", "-o", "out")
    with pytest.raises(ConfigurationError, match="needs a FILE"):
        mask("in", "--format", "parquet")
    Path("in").write_bytes(b"a,b\n\xff,1\n")
    with pytest.raises(ConfigurationError, match="not CSV in UTF-8"):
        mask("in", "--format", "csv", "-o", "out")
    assert sorted(p.name for p in Path().iterdir()) == ["in"]
