"""The gates that are scripts: what they make of what the programs that they run say."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

AUDIT = Path(__file__).parent.parent / ".ci" / "audit"

OFFLINE = "ERROR:pip_audit._cli:HTTPSConnectionPool(host='example.org', port=443): Max retries exceeded"


@pytest.mark.parametrize(
    ("said", "code", "fails", "shown"),
    [
        ("No known vulnerabilities found", 0, 0, "No known vulnerabilities found"),
        ("Found 1 known vulnerability in 1 package", 1, 1, "Found 1 known vulnerability in 1 package"),
        ("Found 12 known vulnerabilities in 3 packages", 1, 1, "Found 12 known vulnerabilities in 3 packages"),
        (OFFLINE, 1, 0, "audit of dependencies: no answer (offline?); skipped"),
        (None, 1, 0, "audit of dependencies: pip-audit is not installed (python -m pip install '.[audit]'); skipped"),
    ],
)
def test_an_audit_of_dependencies_fails_for_what_is_known_and_for_nothing_else(
    tmp_path: Path, said: str | None, code: int, fails: int, shown: str
) -> None:
    package = tmp_path / "pip_audit"
    package.mkdir()
    answers = f"import sys\nprint({said!r}, file=sys.stderr)\nsys.exit('--version' not in sys.argv and {code})\n"
    ends = "raise ImportError\n" if said is None else answers
    (package / "__main__.py").write_text(ends, "utf-8")
    (tmp_path / "python").symlink_to(sys.executable)
    around = {**os.environ, "PYTHONPATH": str(tmp_path), "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(["bash", str(AUDIT)], env=around, capture_output=True, text=True, check=False)
    assert done.returncode == fails
    assert shown in done.stdout
