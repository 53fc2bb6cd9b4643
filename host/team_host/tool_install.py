"""Installing a tool into its folder by pip or npm, from nothing but what its hashes name."""

import json
from pathlib import Path

from team_host import paths
from team_host.commands import run
from team_host.errors import Failed
from team_host.packages import install_packages
from team_host.report import Report
from team_host.tool_check import check_version
from team_host.tool_folder import begin, finish, make_executable, program_file
from team_host.tool_sources import NpmSource, PipSource
from team_host.tool_words import npm_package
from team_host.tools_document import Tool

# Slow mirrors exist; a hung one must not keep the caller for ever.
SECONDS = 900
PIP = Path("/usr/bin/pip3")


def install_tool(tool: Tool, report: Report) -> None:
    """Install, try, and only then say that it is complete. Raises `Failed`."""
    if isinstance(tool.source, PipSource):
        install_packages({"python3-pip": PIP}, report)
        _install_with_pip(tool.source, begin(tool))
    elif isinstance(tool.source, NpmSource):
        _install_with_npm(tool.source, begin(tool))
    make_executable(tool)
    check_version(tool, program_file(tool, tool.check[0]))
    finish(tool)


def _install_with_pip(source: PipSource, folder: Path) -> None:
    """Wheels only, so that nothing of a package runs here; no dependency that is not listed (pip(1))."""
    # Without pip inside: the system's one installs into it.
    run("python3", "-m", "venv", "--without-pip", str(folder))
    hashes = {package: " ".join(f"--hash=sha256:{one}" for one in many) for package, many in source.packages.items()}
    requirements = folder / "requirements.txt"
    requirements.write_text("".join(f"{package} {options}\n" for package, options in hashes.items()))
    only_listed = ("--require-hashes", "--no-deps", "--only-binary", ":all:")
    quiet = ("--quiet", "--no-input", "--no-cache-dir", "--disable-pip-version-check")
    words = (str(PIP), "--python", str(folder / "bin" / "python"), "install", *only_listed, *quiet)
    run(*words, "--requirement", str(requirements), time_limit=SECONDS)


def _install_with_npm(source: NpmSource, folder: Path) -> None:
    """`npm ci` with a lock of exactly these packages: npm itself checks their integrity (npm-ci(1))."""
    node = paths.PROGRAMS / "node"
    if not node.exists():
        raise Failed("the tool node, whose npm installs it, is not there")
    packages = [(*_name_and_version(spec), integrity) for spec, integrity in source.packages.items()]
    dependencies = {name: version for name, version, _ in packages}
    root = {"name": "tool", "version": "0.0.0", "private": True, "dependencies": dependencies}
    locked = {f"node_modules/{name}": {"version": version, "integrity": sri} for name, version, sri in packages}
    lock = {
        "name": "tool",
        "version": "0.0.0",
        "lockfileVersion": 3,
        "requires": True,
        "packages": {"": root, **locked},
    }
    (folder / "package.json").write_text(json.dumps(root))
    (folder / "package-lock.json").write_text(json.dumps(lock))
    cache = folder / ".npm"
    quiet = ("--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error", "--omit=dev")
    words = (str(node), str((paths.PROGRAMS / "npm").resolve()), "ci", "--ignore-scripts", *quiet)
    run(*words, f"--prefix={folder}", f"--cache={cache}", f"--userconfig={folder}/.npmrc", time_limit=SECONDS)
    run("rm", "-r", "--force", str(cache))


def _name_and_version(spec: str) -> tuple[str, str]:
    parsed = npm_package(spec)
    if parsed is None:
        raise Failed(f"{spec} is not NAME@VERSION")
    return parsed
