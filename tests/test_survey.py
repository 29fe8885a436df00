"""How much of many pages is spun: reading every kind of file, adding up, going on after an interruption."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from pages import json_lines, pages

from spinfix import Policy
from spinfix.batch import Batch, SpunScore
from spinfix.cli import main, surveying
from spinfix.errors import InputError
from spinfix.survey import Fault, Fields, Page, Tally, chunks, holds_pages, lines, pages_of, tally_of

PAGES = list(pages(60, spun_share=0.2))
SPUN = sum(page["is_spun"] for page in PAGES)
TEXTS = [page["text"] for page in PAGES]


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def lines_of(some: list[dict[str, Any]]) -> bytes:
    return json_lines(iter(some)).encode()


def counted(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    capsys.readouterr()
    main(["survey", "--isolated", "--json", *arguments])
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


# --- reading -------------------------------------------------------------------------------------------------------------------------


def test_json_lines_packed_or_not(tmp_path: Path) -> None:
    zstandard = pytest.importorskip("zstandard", reason="zstandard is not installed")
    data = lines_of(PAGES)
    packed = zstandard.ZstdCompressor().compress
    files = [
        write(tmp_path / "a.jsonl", data),
        write(tmp_path / "b.jsonl.gz", gzip.compress(data)),
        write(tmp_path / "c.jsonl.zst", packed(data)),
        write(tmp_path / "joined.jsonl.zst", packed(data[:1000]) + packed(data[1000:])),
    ]
    for file in files:
        found = list(pages_of(file, Fields()))
        assert [page.text for page in found if isinstance(page, Page)] == TEXTS
        assert isinstance(found[0], Page) and found[0].domain.endswith(".example.org") and found[0].id == "page-00000"


def test_parquet_with_its_columns_by_name(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed") and pytest.importorskip("pyarrow")
    table = pyarrow.table({"content": [*TEXTS, None], "where": [*(page["url"] for page in PAGES), None]})
    pyarrow.parquet.write_table(table, tmp_path / "pages.parquet")
    found = list(pages_of(tmp_path / "pages.parquet", Fields("content", url="where")))
    assert [page.text for page in found if isinstance(page, Page)] == TEXTS
    assert found[-1] == Fault(f"{tmp_path}/pages.parquet:61", "expected a text in 'content', found NoneType")
    (fault,) = pages_of(tmp_path / "pages.parquet", Fields())
    assert isinstance(fault, Fault) and fault.reason == "expected a column 'text', found 'content', 'where'"
    (fault,) = pages_of(write(tmp_path / "no.parquet", b"no such thing"), Fields())
    assert isinstance(fault, Fault) and fault.reason.startswith("expected a Parquet file")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"text": 5}', "expected a text in 'text', found int"),
        (b'{"body": "x"}', "expected a field 'text', found 'body'"),
        (b"{}", "expected a field 'text', found none"),
        (b"[]", "expected an object, found list"),
        (b"no", "expected JSON: Expecting value: line 1 column 1 (char 0)"),
        (b"[" * 100_000, "expected JSON: "),
        (b'{"text": "\xff"}', "expected JSON: "),
    ],
)
def test_a_bad_line_is_named_and_the_next_is_read(tmp_path: Path, line: bytes, reason: str) -> None:
    file = write(tmp_path / "a.jsonl", b'{"text": "before"}\n\n' + line + b'\n{"text": "after", "url": "http://[bad"}\n')
    before, fault, after = pages_of(file, Fields())
    assert isinstance(before, Page) and before.text == "before"
    assert isinstance(after, Page) and (after.text, after.domain, after.id) == ("after", "(none)", f"{file}:4")
    assert isinstance(fault, Fault) and fault.where == f"{file}:3" and fault.reason.startswith(reason)


def test_files_that_end_too_soon_or_are_something_else(tmp_path: Path) -> None:
    zstandard = pytest.importorskip("zstandard", reason="zstandard is not installed")
    data = lines_of(list(pages(400)))
    for name, packed in (("a.jsonl.gz", gzip.compress(data)), ("b.jsonl.zst", zstandard.ZstdCompressor().compress(data))):
        *some, fault = pages_of(write(tmp_path / name, packed[: len(packed) // 2]), Fields())
        assert fault == Fault(str(tmp_path / name), "the file is cut short")
        assert [page.text for page in some if isinstance(page, Page)] == [page["text"] for page in pages(400)][: len(some)]
    for name, what in (("c.jsonl.gz", "Not a gzipped file"), ("d.jsonl.zst", "expected Zstandard data"), ("e.txt", "expected UTF-8 text")):
        (fault,) = pages_of(write(tmp_path / name, b"\xff\xfe no such thing"), Fields())
        assert isinstance(fault, Fault) and what in fault.reason
    damaged = bytearray(gzip.compress(data))
    damaged[len(damaged) // 2] ^= 0xFF
    *some, fault = pages_of(write(tmp_path / "g.jsonl.gz", bytes(damaged)), Fields())
    assert isinstance(fault, Fault) and fault.where == str(tmp_path / "g.jsonl.gz")
    (fault,) = pages_of(tmp_path / "f.txt", Fields())
    assert fault == Fault(f"{tmp_path}/f.txt", "No such file or directory")


def test_a_damaged_file_is_a_fault_wherever_it_is_damaged(tmp_path: Path) -> None:
    packed = gzip.compress(lines_of(PAGES[:3]))
    for k in range(0, len(packed), 7):
        file = write(tmp_path / "a.jsonl.gz", packed[:k] + bytes([packed[k] ^ 0xFF]) + packed[k + 1 :])
        assert all(isinstance(found, Page | Fault) for found in pages_of(file, Fields()))


def test_a_page_may_be_called_by_a_number(tmp_path: Path) -> None:
    file = write(tmp_path / "a.jsonl", b"".join(b'{"text": "a", "id": %s}\n' % name for name in (b"0", b"7", b'""', b"null")))
    assert [page.id for page in pages_of(file, Fields()) if isinstance(page, Page)] == ["0", "7", f"{file}:3", f"{file}:4"]


def test_which_files_of_a_folder_hold_pages() -> None:
    assert all(map(holds_pages, ["a.txt", "b.JSONL", "c.jsonl.gz", "d.ndjson.zst", "e.parquet", "f.txt.gz"]))
    assert not any(map(holds_pages, ["a.py", "b.gz", "c.png", "d.jsonl.bz2", "jsonl"]))


# --- counting ------------------------------------------------------------------------------------------------------------------------


def test_parts_add_up_to_the_whole() -> None:
    some = [Page(page["id"], "example.org", page["text"]) for page in PAGES]
    whole, parts = Tally(), Tally()
    whole.merge(tally_of(Batch(), [*some, Fault("x", "y")]))
    for k in range(0, 60, 7):
        parts.merge(Tally.from_dict(json.loads(json.dumps(tally_of(Batch(), some[k : k + 7]).to_dict()))))
    parts.add_fault(Fault("x", "y"))
    assert parts.to_dict() == whole.to_dict()
    assert (whole.pages, whole.spun, whole.unreadable) == (60, SPUN, 1)
    assert sum(whole.rates.values()) == sum(whole.families.values()) == SPUN


def test_of_a_file_in_markup_the_prose_is_counted(tmp_path: Path) -> None:
    spun = next(page["text"] for page in PAGES if page["is_spun"])
    html = f"<html><head><script>{spun}</script></head><body><p>It rained, and they went home.</p></body></html>"
    lines = lines_of([{"id": "a.html", "text": html}])
    files = [write(tmp_path / "a.html", html.encode()), write(tmp_path / "b.htm.gz", gzip.compress(html.encode()))]
    some = [page for file in [*files, write(tmp_path / "c.jsonl", lines)] for page in pages_of(file, Fields())]
    assert [tally_of(Batch(), [page]).words for page in some] == [6, 6, len(html.split())]
    assert [tally_of(Batch(), [page]).spun for page in some] == [0, 0, 1]
    whole = tally_of(Batch(Policy(markup="plain")), some)
    assert (whole.words, whole.spun) == (3 * len(html.split()), 3)


def test_a_page_whose_markup_cannot_be_read_takes_no_other_with_it() -> None:
    some = [Page("a", "", "<p>It rained.</p>", "html"), Page("b", "", "<p " * 300, "html"), Page("c", "", "<p>They went home.</p>", "html")]
    tally = tally_of(Batch(), some)
    assert (tally.pages, tally.words, tally.unreadable) == (2, 5, 1)
    assert tally.faults[0].where == "b" and "tags that never end" in tally.faults[0].reason


def test_memory_does_not_grow_with_the_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spinfix.survey.KEPT", 10)
    tally, other = Tally(), Tally()
    for k in range(1000):
        (tally if k % 2 else other).add(Page(f"p{k:04}", f"d{k}", ""), SpunScore(1, 0.5 + k / 3000, 0.1, ""))
        tally.add_fault(Fault(str(k), "x"))
    tally.merge(other)
    assert len(tally.domains) <= 20 and sum(tally.domains.values()) == 1000
    assert len(tally.faults) == 10 and tally.unreadable == 1000
    assert [page for _, _, page in tally.top] == [f"p{k:04}" for k in range(999, 899, -1)]


def test_the_most_certain_come_first_however_few_there_are() -> None:
    tally = Tally()
    for k in (3, 1, 2):
        tally.add(Page(f"p{k}", "d", ""), SpunScore(1, 0.5 + k / 10, 0.1, ""))
    assert [page for *_, page in tally.to_dict()["top"]] == ["p3", "p2", "p1"]
    assert [line.split()[-1] for line in lines(tally, top=2) if "spin rate 0" in line] == ["p3", "p2"]


def test_chunks_hold_all_and_are_not_too_large() -> None:
    some: list[Page | Fault] = [Page(str(k), "", "x" * 30_000) for k in range(500)]
    cut = list(chunks(some))
    assert [page for chunk in cut for page in chunk] == some
    assert all(sum(len(p.text) for p in chunk if isinstance(p, Page)) <= (1 << 21) + 30_000 for chunk in cut)
    assert len(next(chunks([Page(str(k), "", "") for k in range(500)]))) == 200


def test_a_tally_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="expected a tally of a survey"):
        Tally.from_dict({"pages": 1})


# --- the verb ------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def crawl(tmp_path: Path) -> Path:
    folder = tmp_path / "crawl"
    (folder / "deep").mkdir(parents=True)
    (folder / ".hidden").mkdir()
    write(folder / "a.jsonl", lines_of(PAGES[:20]))
    write(folder / "deep" / "b.jsonl.gz", gzip.compress(lines_of(PAGES[20:])))
    write(folder / ".hidden" / "c.jsonl", lines_of(PAGES))
    write(folder / "picture.png", b"\x89PNG")
    return folder


def test_a_folder_is_told_in_words(crawl: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["survey", "--isolated", str(crawl), "--top", "2"]) == 0
    told = capsys.readouterr()
    assert told.err == ""
    head = told.out.splitlines()
    assert head[0].startswith("60 pages, ")
    assert head[1].startswith(f"{SPUN} spun: {SPUN / 60:.2%} of the pages, ")
    assert "the most certain" in told.out and "news-blog" in told.out
    assert told.out.count(".example.org") == 2


def test_one_page_is_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text("Rain.")
    assert main(["survey", str(tmp_path)]) == 0
    assert capsys.readouterr().out.startswith("1 page, 1 word\n")


def test_several_processes_count_the_same(crawl: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert counted(capsys, str(crawl), "-j", "2") == counted(capsys, str(crawl))


def test_what_cannot_be_read_is_named_and_the_exit_code_says_so(crawl: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(crawl / "bad.jsonl", b"no\n" + lines_of(PAGES[:1]))
    assert main(["survey", "--isolated", str(crawl), str(crawl / "none.txt")]) == 2
    told = capsys.readouterr().out
    assert told.startswith("61 pages")
    assert f"2 could not be read\n  {crawl}/bad.jsonl:1: expected JSON" in told
    assert f"  {crawl}/none.txt: No such file or directory" in told
    empty = crawl / "empty"
    empty.mkdir()
    assert main(["survey", "--isolated", str(empty)]) == 2
    assert "found none" in capsys.readouterr().out


def test_names_that_no_terminal_should_see_are_told_as_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spun = next(page["text"] for page in PAGES if page["is_spun"])
    page = {"id": "\ud800\x1b[31m\nred", "url": "http://\ud800.example/", "text": f"\udc80\ud800 {spun}"}
    file = write(tmp_path / "a.jsonl", json.dumps(page).encode())
    assert main(["survey", "--isolated", str(file)]) == 0
    told = capsys.readouterr().out
    assert told.endswith("  \ufffd␛[31m␊red\n") and "  \ufffd.example" in told
    assert counted(capsys, str(file))["top"][0][2] == page["id"]


def test_an_interrupted_survey_goes_on_where_it_stopped(
    crawl: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spinfix.survey.CHUNK_PAGES", 8)
    whole = counted(capsys, str(crawl))
    state = tmp_path / "state"
    judged: list[int] = []

    def stopping(batch: Batch, chunk: list[Page | Fault]) -> Tally:
        judged.append(len(chunk))
        if len(judged) == 6:
            raise KeyboardInterrupt
        return tally_of(batch, chunk)

    monkeypatch.setattr(surveying, "tally_of", stopping)
    assert main(["survey", "--isolated", "--state", str(state), str(crawl)]) == 130
    state.write_bytes(state.read_bytes() + b'{"unit": ["cut sh')  # as if the power had gone
    assert counted(capsys, "--state", str(state), str(crawl)) == whole
    # five units were kept, the sixth was begun twice
    assert sum(judged) == 60 + judged[5]
    judged.clear()
    judged.extend([0] * 6)
    assert counted(capsys, "--state", str(state), str(crawl)) == whole
    assert len(judged) == 6  # nothing is left to do
    write(crawl / "a.jsonl", lines_of(PAGES[:19]))  # a file that has changed is counted anew
    assert counted(capsys, "--state", str(state), str(crawl))["pages"] == 59


def test_a_state_of_something_else_is_refused(crawl: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state = tmp_path / "state"
    assert main(["survey", "--isolated", "--state", str(state), str(crawl)]) == 0
    assert main(["survey", "--isolated", "--state", str(state), "--field", "body", str(crawl)]) == 2
    assert "expected the state of a survey with these settings" in capsys.readouterr().err
    state.write_bytes(state.read_bytes().splitlines(keepends=True)[0] + b'{"unit": 5}\n')
    assert main(["survey", "--isolated", "--state", str(state), str(crawl)]) == 2
    assert f"{state}:2: expected a part of a survey" in capsys.readouterr().err
    for other in (b"An article of one line.\n", b"An article of one line."):
        state.write_bytes(other)
        assert main(["survey", "--isolated", "--state", str(state), str(crawl)]) == 2 and state.read_bytes() == other
    state.write_bytes(b'{"fields')  # a survey of which nothing was kept before the power went
    assert main(["survey", "--isolated", "--state", str(state), str(crawl)]) == 0
    capsys.readouterr()
    assert main(["survey", "--isolated", "--state", str(tmp_path), str(crawl)]) == 2
    assert f"{tmp_path}: expected a file for the state of the survey: " in capsys.readouterr().err


def test_a_survey_is_configured_like_everything_else(crawl: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configuration = tmp_path / "spinfix.toml"
    bodies = [{"name": page["id"], "body": page["text"]} for page in PAGES[:20]]
    write(crawl / "a.jsonl", lines_of(bodies))
    configuration.write_text("field = 'body'\nid_field = 'name'\ntop = 1\nstate = 'state'\nformat = 'sarif'\n")
    assert main(["survey", "--config", str(configuration), str(crawl / "a.jsonl")]) == 0
    told = capsys.readouterr().out
    assert told.startswith("20 pages, ") and told.count("page-") == 1
    assert (tmp_path / "state").exists()
    configuration.write_text("format = 'json-lines'\n")
    assert main(["survey", "--config", str(configuration), "--field", "body", "--id-field", "name", str(crawl / "a.jsonl")]) == 0
    assert json.loads(capsys.readouterr().out)["pages"] == 20
    assert main(["survey", "--config", str(configuration), "--field", "body", "--format", "text", str(crawl / "a.jsonl")]) == 0
    assert capsys.readouterr().out.startswith("20 pages, ")
    configuration.write_text("feild = 'body'\n")
    assert main(["survey", "--config", str(configuration), str(crawl)]) == 2
    assert "feild: unknown key; the nearest known one is field" in capsys.readouterr().err


def test_a_plot(crawl: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["survey", "--isolated", "--plot", str(tmp_path / "plot.xyz"), str(crawl)]) == 2
    assert "expected a name that ends in .png, .svg, .pdf" in capsys.readouterr().err
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    assert main(["survey", "--isolated", "--plot", str(tmp_path / "plot.svg"), str(crawl)]) == 0
    assert (tmp_path / "plot.svg").read_text(encoding="utf-8").count("<svg") == 1
