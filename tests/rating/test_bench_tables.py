"""The bench of the cards reads any table of credit: however it is written, packed, encoded, and whatever it holds."""

import gzip
import json
import random
import signal
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

BENCH = Path(__file__).parents[2] / "bench"
READ = (
    "import json, sys; from pathlib import Path; from _tables_of import known\n"
    "t = known(Path(sys.argv[1]), header=sys.argv[2:] != ['bare'])\n"
    "print(json.dumps([t.frame.to_dict(as_series=False), t.bad.tolist(), t.notes]))"
)
OUTCOMES = [n % 3 == 0 for n in range(60)]  # 20 bad, 40 good


def read(path: Path, header: bool = True) -> tuple[dict[str, list[object]], list[bool], list[str]]:
    """The table as the bench knows it: its columns, who was bad, what was noted."""
    done = subprocess.run(
        [sys.executable, "-c", READ, str(path), *(() if header else ["bare"])],
        cwd=BENCH,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    frame, bad, notes = json.loads(done.stdout)
    return frame, bad, notes


def rows(bad: str, good: str, shape: str) -> str:
    """Sixty lines of a table."""
    return "\n".join(shape.format(n=n % 7, out=bad if ill else good) for n, ill in enumerate(OUTCOMES))


@pytest.mark.parametrize(
    ("body", "column", "value"),
    [
        (("a,b\n" + rows("+", "-", "{n},{out}")).encode(), "a", 6.0),
        (("\ufeffb;class\r\n" + rows("bad", "good", '"x; {n}";{out}').replace("\n", "\r\n")).encode(), "b", "x; 6"),
        (("größe;défaut\n" + rows("oui", "non", "{n},5;{out}")).encode("latin-1"), "größe", 6.5),
        (("收入,违约\n" + rows("是", "否", "{n},{out}")).encode("gb18030"), "收入", 6.0),
        (rows("2", "1", "A1{n}  6 {out}").encode(), "unnamed_0", "A16"),
        (("sum,y\n" + rows("Y", "N", '"1,20{n}",{out}')).encode(), "sum", 1206.0),
        (("target,a,flag\n" + rows("1", "0", "{out},{n},1")).encode(), "a", 6.0),
        (("on,y\n" + rows("1", "0", "2020-01-0{n},{out}").replace("-00,", "-08,")).encode(), "on", 18267.0),
        (gzip.compress(("a,y\n" + rows("1", "0", "{n},{out}")).encode()), "a", 6.0),
    ],
    ids=["plus-minus", "bom-crlf", "decimal-comma", "chinese", "blanks", "thousands", "first", "days", "packed"],
)
def test_a_table_is_read_however_it_is_written(tmp_path: Path, body: bytes, column: str, value: object) -> None:
    path = tmp_path / ("t.csv.gz" if body[:2] == b"\x1f\x8b" else "t.csv")
    path.write_bytes(body)
    frame, bad, _ = read(path)
    assert bad == OUTCOMES
    assert frame[column][6] == value


def test_what_is_no_fact_is_left_out_and_said(tmp_path: Path) -> None:
    table = pl.DataFrame(
        {
            "id": range(60),
            "one": [1] * 60,
            "list": [[1]] * 60,
            "start": [1, 2, 3] * 20,
            "y": OUTCOMES,
        }
    )
    table.write_parquet(tmp_path / "t.parquet")
    frame, bad, notes = read(tmp_path / "t.parquet")
    assert (list(frame), bad) == (["start_"], OUTCOMES)
    assert [note.split(" left out")[0] for note in notes if "left out" in note] == ["id", "one", "list"]


def test_a_lenders_grade_is_left_out_only_where_it_gives_the_answer_away(tmp_path: Path) -> None:
    grades = ["D" if ill and n % 10 else "A" for n, ill in enumerate(OUTCOMES)]  # eighteen of twenty bad in D
    table = pl.DataFrame({"rating": grades, "grade": ["A", "B", "C"] * 20, "told": grades, "y": [0, 1] * 30})
    table.with_columns(y=pl.Series(OUTCOMES)).write_csv(tmp_path / "told.csv")
    frame, _, notes = read(tmp_path / "told.csv")
    assert list(frame) == ["told"]
    assert [note for note in notes if "rating" in note or "told" in note] == [
        "rating left out: another lender's judgement that gives the answer away (AUC 0.950 alone)",
        "told kept, but it alone has AUC 0.950: if it was known only afterwards, --drop it",
    ]
    table.write_csv(tmp_path / "t.csv")
    frame, _, notes = read(tmp_path / "t.csv")
    assert list(frame) == ["rating_", "grade_", "told"]
    assert not any("AUC" in note for note in notes)


def test_a_value_that_no_model_can_read_is_missing_or_mended_and_said(tmp_path: Path) -> None:
    table = pl.DataFrame(
        {
            "a": [float("inf"), 1.5, 2.5] * 20,
            "b\x01": ["x\x02", "y", "z"] * 20,
            "default": [n % 5 > 1 for n in range(60)],
        }
    )
    table.write_parquet(tmp_path / "t.parquet")
    frame, bad, notes = read(tmp_path / "t.parquet")
    assert (frame["a"][:3], frame["b_"][:3]) == ([None, 1.5, 2.5], ["x ", "y", "z"])
    assert sum(bad) == 36  # the outcome's name says which is bad, though it is the more frequent
    assert notes[:2] == ["target default: bad is true, as the column's name says",
                         "a: 20 infinite values are taken for missing"]  # fmt: skip


@pytest.mark.parametrize("odd", ["", "7,,\n", '"8\n9",b,1\n', '1, "b",1\n'], ids=["alike", "short", "breaks", "blank"])
def test_a_large_file_is_read_as_a_small_one(tmp_path: Path, odd: str) -> None:
    body = 'a,"b ""c""",y\n' + "".join(f'{n % 9 or ""},"x,{n % 4}",{int(n % 3 == 0)}\n' for n in range(300)) + odd
    (tmp_path / "t.csv").write_text(body)
    script = READ.replace("from _tables_of", "import _reading; _reading.LARGE = int(sys.argv[2]); from _tables_of")
    asked = [[sys.executable, "-c", script, str(tmp_path / "t.csv"), large] for large in ("1", "20000000")]
    told = [subprocess.run(each, cwd=BENCH, capture_output=True, text=True, check=True).stdout for each in asked]
    assert told[0] == told[1]


def test_a_file_that_is_no_table_ends_with_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("")
    done = subprocess.run(
        [sys.executable, "rating.py", "--table", str(tmp_path / "t.csv")], cwd=BENCH, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "the file is empty\n")


def test_a_model_whose_name_has_commas_can_be_asked_for() -> None:
    there = ["boosted card", "boosted card, signed", "boosted card, 20 pairs", "ebm"]
    asked = ["boosted card, 20 pairs,EBM", "boosted card,ebm", "boosted card, signed", ""]
    script = f"import json; from rating import chosen; print(json.dumps([chosen(each, {there}) for each in {asked}]))"
    done = subprocess.run([sys.executable, "-c", script], cwd=BENCH, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [["boosted card, 20 pairs", "ebm"], ["boosted card", "ebm"], there[1:2], there]


FOREVER = """
import subprocess, threading
from _apart import apart

def work():
    subprocess.Popen(["sleep", "600"])
    print("begun", flush=True)
    threading.Event().wait()

if __name__ == "__main__":
    apart(work, minutes=10)
"""


@pytest.mark.parametrize("ended", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_however_the_bench_is_ended_nothing_it_started_goes_on(tmp_path: Path, ended: signal.Signals) -> None:
    (tmp_path / "forever.py").write_text(FOREVER)
    with subprocess.Popen(
        [sys.executable, str(tmp_path / "forever.py")], env={"PYTHONPATH": str(BENCH)}, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True,
    ) as bench:  # fmt: skip
        assert bench.stdout is not None
        assert bench.stdout.readline() == "begun\n"
        bench.send_signal(ended)
        bench.communicate(timeout=30)  # all of them write to the same pipe: it closes when the last has ended


def test_a_bench_that_is_ended_tells_what_was_done_until_then(tmp_path: Path) -> None:
    chance = random.Random(0)
    table = pl.DataFrame({"a": [chance.random() for _ in OUTCOMES * 5], "y": OUTCOMES * 5})
    table.write_csv(tmp_path / "t.csv")
    asked = ["--table", str(tmp_path / "t.csv"), "--models", "plain logistic,lightgbm tuned"]
    with subprocess.Popen(
        [sys.executable, "rating.py", *asked], cwd=BENCH, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as bench:
        assert bench.stderr is not None
        assert any("lightgbm tuned, fold 1" in line for line in bench.stderr)
        bench.terminate()
        lines, _ = bench.communicate(timeout=60)
    assert [json.loads(line)["model"] for line in lines.splitlines()] == ["plain logistic"]


def test_an_amount_without_a_heading_is_no_name_however_seldom_two_are_alike(tmp_path: Path) -> None:
    lines = (f"{(n * 7_919) % 9_973},{n % 7},{int(n % 3 == 0)}\n" for n in range(290))
    (tmp_path / "t.csv").write_text("unnamed_0,b,y\n5,1,0\n5,2,1\n" + "".join(lines))
    frame, _, _ = read(tmp_path / "t.csv")
    assert list(frame) == ["unnamed_0", "b"]
