"""Where compiled kernels are kept, by what can be written to."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from synthmill.generators.kernels.code_cache import CodeCache, find_cache, forget_old


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "kernels" / "compiled"
    folder.mkdir(parents=True)
    (folder / "mix.py").write_text("old")
    (folder / "learning").mkdir()
    return folder


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()


def close(folder: Path) -> None:
    """Not even root can make a folder where a file is."""
    folder.write_text("")


def test_beside_the_sources_if_that_can_be_written_to(sources: Path) -> None:
    assert find_cache(sources) == CodeCache(sources, None)


def test_kernels_are_compiled_anew_when_any_source_has_changed(sources: Path) -> None:
    cached = [sources / "__pycache__" / "mix.nbi", sources / "learning" / "__pycache__" / "trees.nbi"]
    (sources.parent / "learning").mkdir()
    for path in cached:
        path.parent.mkdir()
    others = (sources / "a.py", sources / "learning" / "b.py", sources.parent / "c.py")
    for changed in (*others, sources.parent / "learning" / "d.py"):
        for source, expected in ((changed, False), (None, True)):
            if source:
                source.write_text("new")
            for path in cached:
                path.write_text("")
            forget_old(sources)
            assert [path.exists() for path in cached] == [expected, expected]


def test_a_folder_that_the_user_names_comes_first(sources: Path, tmp_path: Path) -> None:
    found = find_cache(sources, str(tmp_path / "wanted"))
    assert found.folder is not None
    assert found.folder.parent == tmp_path / "wanted"


def test_else_in_the_users_cache_and_never_with_code_of_other_sources(sources: Path, tmp_path: Path) -> None:
    close(sources / "__pycache__")
    before = find_cache(sources)
    (sources / "mix.py").write_text("new")
    after = find_cache(sources)
    assert before.folder is not None
    assert after.folder is not None
    assert before.folder.parent == after.folder.parent == tmp_path / "cache"
    assert before.folder != after.folder
    assert after.lasting


def test_else_among_temporary_files_in_a_folder_of_the_users_own(sources: Path, tmp_path: Path) -> None:
    close(sources / "__pycache__")
    close(tmp_path / "cache")
    found = find_cache(sources)
    assert found.folder is not None
    assert found.folder.parent.parent == tmp_path / "temporary"
    assert found.folder.parent.stat().st_mode & 0o777 == 0o700
    assert not found.lasting


@pytest.mark.parametrize("danger", ["others can write", "a link"])
def test_code_is_not_taken_from_a_folder_that_others_may_have_filled(
    sources: Path, tmp_path: Path, danger: str
) -> None:
    close(sources / "__pycache__")
    close(tmp_path / "cache")
    cache = find_cache(sources)
    assert cache.folder is not None
    private = cache.folder.parent
    if danger == "a link":
        private.rename(tmp_path / "elsewhere")
        private.symlink_to(tmp_path / "elsewhere")
    else:
        private.chmod(0o777)
    with pytest.raises(OSError, match="no folder to keep compiled code in"):
        find_cache(sources)


def test_nor_from_the_working_folder(sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    close(sources / "__pycache__")
    close(tmp_path / "cache")
    monkeypatch.chdir(tmp_path / "temporary")
    with pytest.raises(OSError, match="no folder to keep compiled code in"):
        find_cache(sources)


def test_what_came_compiled_is_copied_once_unless_the_sources_are_others(
    sources: Path, tmp_path: Path
) -> None:
    forget_old(sources)
    (sources / "__pycache__" / "mix.nbi").write_text("compiled")
    (sources / "learning" / "__pycache__").mkdir()
    (sources / "learning" / "__pycache__" / "trees.nbi").write_text("compiled")
    cache = CodeCache(sources, tmp_path)
    folder, second, stale = tmp_path / "numba", tmp_path / "second", tmp_path / "stale"
    for empty in (folder, second, stale):
        empty.mkdir()
    cache.fill(folder, sources)
    cache.fill(second, sources / "learning")
    assert [path.name for path in folder.iterdir()] == ["mix.nbi"]
    assert [path.name for path in second.iterdir()] == ["trees.nbi"]
    (folder / "mix.nbi").write_text("compiled here")
    cache.fill(folder, sources)
    assert (folder / "mix.nbi").read_text() == "compiled here"
    (sources / "mix.py").write_text("new")
    cache.fill(stale, sources)
    assert not list(stale.iterdir())
