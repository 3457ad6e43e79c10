"""The README holds: its targets are there, its links lead somewhere, its example is what comes out."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
README = PAGES[0].read_text()


def shell_lines(text: str) -> list[str]:
    """Lines of the shell blocks, without comments."""
    blocks = re.findall(r"```(?:sh|shell|bash|console)\n(.*?)```", text, re.S)
    return [re.sub(r"\s+#.*", "", line).strip() for block in blocks for line in block.splitlines() if line.strip()]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    """A relative link names a file that is in the repository."""
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text()):
        if not re.match(r"[a-z]+:", target):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_page_can_be_reached() -> None:
    """Each page of docs/ is linked from the README or from another page."""
    linked = {
        (page.parent / target).resolve()
        for page in PAGES
        for target in re.findall(r"\]\(([^)#\s]+\.md)[^)]*\)", page.read_text())
    }
    lost = [str(p.relative_to(ROOT)) for p in PAGES[1:] if p.resolve() not in linked]
    assert lost == []


def test_the_two_commands_of_the_readme_are_make_targets() -> None:
    """`make demo` and `make test` are there."""
    makefile = (ROOT / "Makefile").read_text()
    for target in set(re.findall(r"^make ([a-z]+)", "\n".join(shell_lines(README)), re.M)):
        assert re.search(rf"^{target}[ a-z]*:", makefile, re.M), target


def test_no_file_names_a_registry_host_or_a_machine() -> None:
    """Locks and settings name no index; nothing names a folder of the machine it was written on."""
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout.split("\n")
    bad = re.compile(r"--(extra-)?index-url|--find-links|files\.pythonhosted|\"resolved\":|/root/|" + "/wo" + "rk/")
    found = []
    for name in filter(None, files):
        path = ROOT / name
        if path.suffix in {".png", ".parquet", ".bin", ".npy", ".gz"} or not path.is_file() or path == Path(__file__):
            continue
        if name.endswith("requirements/lock.sh"):
            continue
        text = path.read_bytes()[:3_000_000].decode("utf-8", "replace")
        found += [f"{name}: {match[0]}" for match in bad.finditer(text)][:1]
    assert found == []


def test_the_example_of_the_readme_is_what_comes_out() -> None:
    """The event before is masked to the event after, byte for byte, by the policy that is there without a file."""
    before, after = re.findall(r"```json\n(.*?)```", README, re.S)[:2]
    command = [sys.executable, "-m", "maskgate", "mask", "-"]
    done = subprocess.run(command, input=before.replace("\n", "") + "\n", capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout == after.replace("\n", "") + "\n"
