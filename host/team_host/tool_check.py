"""Trying a tool: it must run here, and be the version that was asked for."""

import subprocess
from pathlib import Path

from team_host.errors import Failed
from team_host.names import shown
from team_host.tools_document import Tool

NOBODY = 65534
SECONDS = 60


def check_version(tool: Tool, program: Path) -> None:
    """Run the tool's check as nobody. Raises `Failed`. For a tool without a version it is enough that it runs."""
    words = [str(program), *tool.check[1:]]
    try:
        done = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=SECONDS,
            check=False,
            cwd="/",
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent", "LC_ALL": "C.UTF-8"},
            user=NOBODY,
            group=NOBODY,
            extra_groups=[],
        )
    except subprocess.TimeoutExpired:
        raise Failed(f"`{' '.join(tool.check)}` was not done after {SECONDS} s") from None
    except OSError as error:
        raise Failed(f"`{' '.join(tool.check)}` cannot be run: {error.strerror}") from None
    said = " ".join(done.stdout[:4000].decode(errors="replace").split())
    if done.returncode != 0 or tool.version not in said:
        raise Failed(f"`{' '.join(tool.check)}` ended with status {done.returncode} and said {shown(said, 200)}")
