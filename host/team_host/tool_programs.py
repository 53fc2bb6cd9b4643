"""The programs of the tools on everybody's PATH: links in /usr/local/bin."""

from pathlib import Path

from team_host import paths
from team_host.errors import Failed
from team_host.tool_folder import program_file
from team_host.tools_document import Tool

SYSTEM = (Path("/usr/bin"), Path("/usr/sbin"))


def is_ours(link: Path) -> bool:
    """Whether this is a link into the tools' folder: only those are ever replaced or removed."""
    return link.is_symlink() and str(link.readlink()).startswith(f"{paths.TOOLS}/")


def wanted_links(tool: Tool) -> dict[Path, Path]:
    """Link → file, of one tool."""
    return {paths.PROGRAMS / program: program_file(tool, program) for program in tool.programs}


def obstacles(tool: Tool) -> list[str]:
    """What is in the way of the tool's programs."""
    found = []
    for link in wanted_links(tool):
        if (link.exists() or link.is_symlink()) and not is_ours(link):
            found.append(f"{link} is there and was not made by team-runtime. Remove it, or do without the tool.")
        # A tool must not take the place of sudo or of ls.
        found += [
            f"{folder / link.name} is a program of this system, which it would hide. Remove its package first."
            for folder in SYSTEM
            if (folder / link.name).exists()
        ]
    return found


def switch(link: Path, file: Path) -> None:
    """Let the name mean this file, by one rename: there is no moment without it."""
    if not file.is_file():
        raise Failed(f"{file} is not there, although the tool was installed. Remove its folder and run it again.")
    temporary = link.with_name(f".{link.name}.team-runtime-new")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(file)
    temporary.rename(link)


def links_of_others(wanted: set[Path]) -> list[Path]:
    """Our links that nobody wants any more."""
    return sorted(link for link in paths.PROGRAMS.iterdir() if is_ours(link) and link not in wanted)
