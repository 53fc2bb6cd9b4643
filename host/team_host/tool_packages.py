"""Tools that are Debian packages: of the archive, or of a file with a known hash."""

import hashlib
import json
import urllib.error
import urllib.request
from pathlib import Path

from team_host import eternal_terminal, paths
from team_host.commands import run
from team_host.errors import Failed
from team_host.files import FileState, read_state, write_file
from team_host.held_units import files_in, hold, units_among
from team_host.names import shown
from team_host.packages import install_from_archive, installed_version
from team_host.report import Report
from team_host.tool_sources import AptSource, DebSource
from team_host.tools_document import Tool

SECONDS = 60
CHUNK = 1 << 20


def packages_of(tool: Tool) -> tuple[str, ...]:
    """The Debian packages that the tool is."""
    if isinstance(tool.source, AptSource):
        return tool.source.packages
    return (tool.source.package,) if isinstance(tool.source, DebSource) else ()


def missing_packages(tool: Tool) -> list[str]:
    """Those that are not installed; for a package of its own also when it is not of the tool's version."""
    versions = {package: installed_version(package) for package in packages_of(tool)}
    if isinstance(tool.source, DebSource):
        return [name for name, version in versions.items() if version is None or not _same(version, tool.version)]
    return [name for name, version in versions.items() if version is None]


def _same(installed: str, wanted: str) -> bool:
    """`6.2.9-1` is 6.2.9: the part after the dash counts the packager's changes (deb-version(7))."""
    return installed == wanted or installed.rpartition("-")[0] == wanted


def install_tool_packages(tool: Tool, report: Report) -> None:
    """Install what is missing, and remember what was not there before: only that is ever removed."""
    missing = missing_packages(tool)
    new = [package for package in missing if installed_version(package) is None]
    remember({**recorded(), **dict.fromkeys(new, tool.name)})
    if isinstance(tool.source, DebSource):
        file = paths.TOOLS / f".{tool.source.package}.deb"
        try:
            _download(tool.source, file)
            _prepare(tool, file)
            install_from_archive([str(file)])
        finally:
            file.unlink(missing_ok=True)
    else:
        install_from_archive(missing)
    for package in missing:
        report.change(f"installed package: {package} {installed_version(package)}")


def _prepare(tool: Tool, file: Path) -> None:
    """What must be so before a package's own scripts run: it is the one that was asked for, and starts nothing."""
    fields = {name: run("dpkg-deb", "--field", str(file), name).strip() for name in ("Package", "Version")}
    if fields["Package"] != packages_of(tool)[0] or not _same(fields["Version"], tool.version):
        found = f"{fields['Package']} {fields['Version']}"
        raise Failed(f"the file is the package {shown(found)}, and not {tool.label}")
    files = files_in(file)
    hold(units_among(list(files)))
    if tool.name == eternal_terminal.TOOL:
        eternal_terminal.configure_before(files)


def remove_package(package: str) -> None:
    """Remove a package, and keep its settings. dpkg refuses when another one needs it."""
    if installed_version(package) is not None:
        run("dpkg", "--remove", package)
    remember({name: tool for name, tool in recorded().items() if name != package})


def recorded() -> dict[str, str]:
    """Package → tool, of those that were installed here for a tool. A lost record only means that they stay."""
    state = read_state(paths.TOOL_PACKAGES)
    try:
        raw = json.loads(state.content) if state else {}
    except ValueError:
        return {}
    return {str(package): str(tool) for package, tool in raw.items()} if isinstance(raw, dict) else {}


def remember(packages: dict[str, str]) -> None:
    """Replace the record."""
    if packages != recorded():
        text = json.dumps(packages, indent=2, sort_keys=True) + "\n"
        write_file(paths.TOOL_PACKAGES, FileState(text.encode(), 0o600, 0, 0))


def _download(source: DebSource, file: Path) -> None:
    digest = hashlib.sha256()
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        # The document takes https only, and a redirect to something else has another hash at the latest.
        with urllib.request.urlopen(source.url, timeout=SECONDS) as answer, file.open("wb") as stream:  # noqa: S310
            while chunk := answer.read(CHUNK):
                digest.update(chunk)
                stream.write(chunk)
    except (urllib.error.URLError, OSError) as error:
        raise Failed(f"cannot download {source.url}: {error}") from None
    if digest.hexdigest() != source.sha256:
        raise Failed(f"{source.url} has the SHA-256 {digest.hexdigest()} and not {source.sha256}: it is another file")
