"""Build the wheel, install it in an empty environment beside our dependencies, and use it from another folder."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def run(*args: str | Path, **kwargs: object) -> str:
    """Output of a command that must succeed."""
    return subprocess.run([str(a) for a in args], check=True, capture_output=True, text=True, **kwargs).stdout  # type: ignore[call-overload,no-any-return]


def main() -> None:
    """Fail with a traceback where the wheel is not whole."""
    with tempfile.TemporaryDirectory() as tmp:
        folder = Path(tmp)
        run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
        (wheel,) = folder.glob("maskgate-*.whl")
        names = zipfile.ZipFile(wheel).namelist()
        tops = {name.split("/")[0] for name in names if ".dist-info" not in name}
        assert tops == {"maskgate", "maskgate_detectors", "maskgate_schemas"}, tops
        assert not any("training" in name or "/tests/" in name for name in names)
        for needed in ("LICENSE", "NOTICE"):
            assert any(name.endswith(needed) for name in names), f"{needed} is not in the wheel"
        venv.create(folder / "env", with_pip=False)
        # our dependencies come from the environment that runs this; maskgate itself only from the wheel
        site = next((folder / "env" / "lib").glob("python3.*/site-packages"))
        zipfile.ZipFile(wheel).extractall(site)
        deps = next(p for p in sys.path if p.endswith("site-packages"))
        python = folder / "env" / "bin" / "python"
        code = (
            f"import sys; sys.path.append({deps!r}); "
            "sys.meta_path[:] = [f for f in sys.meta_path if 'editable' not in repr(f).lower()]; "
            "from maskgate.cli import main; main()"
        )
        run(python, "-c", code, "--help", cwd=folder)
        event = json.dumps({"user": {"email": "ada@example.org"}, "n": 1.10})
        masked = run(python, "-c", code, "mask", "-", cwd=folder, input=event + "\n")
        assert "ada@example.org" not in masked and '"n": 1.1' in masked, masked
        origin = run(python, "-c", f"import sys; sys.path.append({deps!r}); import maskgate; print(maskgate.__file__)")
        assert str(site) in origin, origin
    print("wheel: whole")


if __name__ == "__main__":
    main()
