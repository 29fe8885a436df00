"""What the packages carry: wheel, sdist, the wheel that an sdist gives, and an editable install."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

import spinfix
from spinfix.list_files import list_files
from spinfix.wordlists import DATA

ROOT = Path(__file__).parent.parent
NAMES = "wordlists/names/known_names.txt"
LISTS = {file.relative_to(ROOT).as_posix(): file.read_bytes() for file in list_files(ROOT / "wordlists")}
MODULES = {f"spinfix/{file.relative_to(ROOT / 'src/spinfix').as_posix()}" for file in (ROOT / "src/spinfix").rglob("*.py")}
SHIPPED_DATA = {f"spinfix/data/{file.name}": file.read_bytes() for file in (ROOT / "src/spinfix/data").iterdir()}


def run(*arguments: str, cwd: Path, **environment: str) -> str:
    """Run this Python with ``arguments``; its output, and a failure that shows it."""
    done = subprocess.run(
        [sys.executable, *arguments], cwd=cwd, env={**os.environ, **environment}, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    assert done.returncode == 0, f"{arguments}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel that was built from it."""
    out = tmp_path_factory.mktemp("built")
    run("-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT), cwd=out)
    return out


@pytest.fixture(scope="module")
def sdist(built: Path) -> Path:
    return built / f"spinfix-{spinfix.__version__}.tar.gz"


@pytest.fixture(scope="module")
def wheel_from_sdist(built: Path) -> Path:
    return built / f"spinfix-{spinfix.__version__}-py3-none-any.whl"


def contents(wheel: Path) -> Mapping[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_wheel_carries_modules_data_and_list_sources(wheel_from_sdist: Path) -> None:
    files = contents(wheel_from_sdist)
    assert set(files) >= MODULES
    assert "spinfix/py.typed" in files
    assert {name: data for name, data in files.items() if name.startswith("spinfix/data/")} == SHIPPED_DATA
    assert {name: data for name, data in files.items() if name.startswith("spinfix/wordlists/")} == {
        f"spinfix/{name}": data for name, data in {**LISTS, NAMES: (ROOT / NAMES).read_bytes()}.items()
    }
    assert len(LISTS) >= 5


def test_the_wheel_carries_nothing_else(wheel_from_sdist: Path) -> None:
    heads = {name.split("/")[0] for name in contents(wheel_from_sdist)}
    assert heads == {"spinfix", f"spinfix-{spinfix.__version__}.dist-info"}


def test_the_wheel_says_its_license_and_its_command(wheel_from_sdist: Path) -> None:
    files = contents(wheel_from_sdist)
    info = f"spinfix-{spinfix.__version__}.dist-info"
    metadata = files[f"{info}/METADATA"].decode()
    head, _, description = metadata.partition("\n\n")
    assert "License-Expression: MIT" in head.splitlines()
    assert "Requires-Python: >=3.11" in head.splitlines()
    for name in ("numpy", "rapidfuzz", "regex", "wordfreq"):
        assert f"Requires-Dist: {name}>=" in head
    assert description.strip() == (ROOT / "README.md").read_text(encoding="utf-8").strip()
    assert files[f"{info}/licenses/LICENSE"] == (ROOT / "LICENSE").read_bytes()
    assert "spinfix = spinfix.cli:main" in files[f"{info}/entry_points.txt"].decode().splitlines()


def test_the_sdist_carries_the_lists_once_and_at_the_top(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = {member.name.split("/", 1)[1] for member in archive.getmembers() if member.isfile()}
    assert names >= LISTS.keys()
    assert not [name for name in names if name.startswith("src/spinfix/wordlists/")]
    assert names >= {f"src/{name}" for name in MODULES | SHIPPED_DATA.keys()}
    assert names >= {"pyproject.toml", "LICENSE", "README.md", ".ci/run", "tests/test_packaging.py", "tools/compile_wordlists.py"}


def test_the_project_and_its_sdist_give_the_same_wheel(wheel_from_sdist: Path, tmp_path: Path) -> None:
    run("-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT), cwd=tmp_path)
    assert contents(tmp_path / wheel_from_sdist.name) == contents(wheel_from_sdist)


def test_the_wheel_works_where_it_is_unpacked(wheel_from_sdist: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel_from_sdist) as archive:
        archive.extractall(tmp_path / "site")
    script = "import spinfix; print(spinfix.__file__); print(spinfix.restore('He works at a suppose tank.'))"
    where, restored = run("-c", script, cwd=tmp_path, PYTHONPATH=str(tmp_path / "site")).splitlines()
    assert Path(where) == tmp_path / "site/spinfix/__init__.py"
    assert restored == "He works at a think tank."


def test_an_editable_install_finds_the_lists_and_the_data(tmp_path: Path) -> None:
    pytest.importorskip("editables", reason="hatchling needs it to build an editable wheel; it is in the extra 'test'")
    run("-c", f"from hatchling.build import build_editable; build_editable({str(tmp_path)!r})", cwd=ROOT)
    (wheel,) = tmp_path.glob("*.whl")
    files = contents(wheel)
    (path_file,) = (name for name in files if name.endswith(".pth"))
    package = Path(files[path_file].decode().strip()) / "spinfix"
    assert package.resolve() == (ROOT / "src/spinfix").resolve()
    assert {f"wordlists/{file.relative_to(package / 'wordlists').as_posix()}" for file in list_files(package / "wordlists")} == set(LISTS)
    assert {f"spinfix/data/{file.name}" for file in (package / "data").iterdir()} == SHIPPED_DATA.keys()


@pytest.mark.parametrize("instead", ["nothing", "a file, as git writes where there are no links"])
def test_a_source_tree_without_the_link_has_its_lists(tmp_path: Path, instead: str) -> None:
    package = tmp_path / "src" / "spinfix"
    package.mkdir(parents=True)
    for file in (ROOT / "src" / "spinfix").iterdir():
        if file.name != "wordlists":
            (package / file.name).symlink_to(file)
    (tmp_path / "wordlists").symlink_to(ROOT / "wordlists")
    if instead != "nothing":
        (package / "wordlists").write_text("../../wordlists", encoding="utf-8")
    script = "import spinfix; from spinfix.catalogue import list_catalogue; from spinfix.api import source_names\n"
    script += "assert list_catalogue()[0].name in source_names(); print(spinfix.__file__); print(len(list_catalogue()))"
    where, count = run("-c", script, cwd=tmp_path, PYTHONPATH=str(tmp_path / "src")).splitlines()
    assert (Path(where), int(count)) == (package / "__init__.py", len(list_files(ROOT / "wordlists")))


def test_the_link_beside_the_module_of_the_same_name_hides_neither() -> None:
    link = ROOT / "src/spinfix/wordlists"
    if not link.exists() and not (ROOT / ".git").exists():
        pytest.skip("an unpacked sdist has no links")
    assert link.resolve() == (ROOT / "wordlists").resolve()
    assert os.readlink(link) == "../../wordlists", "a link that leads out of the checkout works on one machine only"
    where = run("-c", "import spinfix.wordlists as w; print(w.__file__)", cwd=ROOT, PYTHONPATH=str(ROOT / "src")).strip()
    assert Path(where) == ROOT / "src/spinfix/wordlists.py"


def test_the_package_data_is_there() -> None:
    assert {file.name for file in DATA.iterdir()} >= {"english.lm", "substitutions.tsv"}
    assert all(file.stat().st_size > 0 for file in DATA.iterdir())
