"""The differences between the tools document and the machine, and what removes them."""

import platform
from collections.abc import Collection, Mapping
from functools import partial
from pathlib import Path

from team_host import paths
from team_host.change import Change
from team_host.errors import Failed
from team_host.packages import install_from_archive, installed_version
from team_host.report import Report
from team_host.tool_check import check_version
from team_host.tool_folder import folder_of, folders, in_use, is_complete, remove
from team_host.tool_install import install_tool
from team_host.tool_packages import install_tool_packages, missing_packages, packages_of, recorded, remove_package
from team_host.tool_programs import links_of_others, obstacles, switch, wanted_links
from team_host.tool_sources import NpmSource, PipSource
from team_host.tools_document import Tool

PACKAGED_PROGRAMS = Path("/usr/bin")


def wanted_changes(tool: Tool, report: Report) -> list[Change]:
    """What is not as the document says, of one tool. Raises `Failed` when it cannot become so."""
    if tool.source is None:
        raise Failed(f"it is not published for {platform.machine()}.")
    problems = obstacles(tool)
    if problems:
        raise Failed(" ".join(problems))
    needed = [package for package in tool.debian_packages if installed_version(package) is None]
    words = tuple(f"installed package: {package}" for package in needed)
    changes = [Change(words, partial(install_from_archive, needed))] if needed else []
    if isinstance(tool.source, NpmSource | PipSource):
        if not is_complete(tool):
            changes.append(Change((f"installed: {tool.label}",), partial(install_tool, tool, report)))
        for link, file in wanted_links(tool).items():
            if not (link.is_symlink() and link.readlink() == file):
                changes.append(Change((f"switched: {link} to {tool.label}",), partial(switch, link, file)))
    elif missing_packages(tool):
        changes.append(Change((f"installed: {tool.label}",), partial(_install_packages, tool, report)))
    return changes


def _install_packages(tool: Tool, report: Report) -> None:
    install_tool_packages(tool, report)
    check_version(tool, PACKAGED_PROGRAMS / tool.check[0])


def unwanted_changes(tools: Mapping[str, Tool], failed: Collection[str]) -> list[Change]:
    """What was installed once and is not wanted now; nothing of tools that have just failed, and nothing in use."""
    links = {link for tool in tools.values() for link in wanted_links(tool)}
    unlinked = [
        Change((f"removed: {link}",), link.unlink)
        for link in links_of_others(links)
        if link.readlink().relative_to(paths.TOOLS).parts[0] not in failed
    ]
    removed = [
        Change((f"removed: {folder.parent.name} {folder.name}",), partial(remove, folder))
        for folder in unwanted_folders(tools, failed)
        if not in_use(folder)
    ]
    wanted = {package for tool in tools.values() for package in (*packages_of(tool), *tool.debian_packages)}
    packages = [
        Change((f"removed package: {package}",), partial(remove_package, package))
        for package, tool_name in recorded().items()
        if package not in wanted and tool_name not in failed
    ]
    return unlinked + removed + packages


def unwanted_folders(tools: Mapping[str, Tool], failed: Collection[str]) -> list[Path]:
    """Versions that the document does not name, except of tools that have just failed."""
    wanted = {folder_of(tool) for tool in tools.values() if tool.programs}
    return [folder for folder in folders() if folder not in wanted and folder.parent.name not in failed]
