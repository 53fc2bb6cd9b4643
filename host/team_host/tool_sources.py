"""Where a tool comes from: npm's registry, PyPI, a Debian package of its own, or the Debian archive."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from team_host.document_json import exact_keys
from team_host.names import shown
from team_host.tool_words import (
    is_debian_name,
    is_integrity,
    is_pip_package,
    is_sha256,
    is_url,
    name_list_problems,
    npm_package,
    program_problems,
)

COMMON = {"kind", "people", "check", "debianPackages"}


@dataclass(frozen=True)
class NpmSource:
    """`packages`: `NAME@VERSION` → integrity. `raw`: the same as in the document, for comparing."""

    packages: Mapping[str, str]
    programs: Mapping[str, str]
    raw: Mapping[str, Any]


@dataclass(frozen=True)
class PipSource:
    """`packages`: `NAME==VERSION` → SHA-256 of each file that may be used."""

    packages: Mapping[str, tuple[str, ...]]
    programs: Mapping[str, str]
    raw: Mapping[str, Any]


@dataclass(frozen=True)
class DebSource:
    """One Debian package: its name, where the file is, and its SHA-256."""

    package: str
    url: str
    sha256: str
    raw: Mapping[str, Any]


@dataclass(frozen=True)
class AptSource:
    """Packages of the Debian archive."""

    packages: tuple[str, ...]
    raw: Mapping[str, Any]


Source = NpmSource | PipSource | DebSource | AptSource
Checked = tuple[Source | None, list[str]]


def check_source(row: Mapping[str, Any], architecture: str) -> Checked:
    """The source for this machine, and every problem with it."""
    check = CHECKS.get(row["kind"]) if isinstance(row["kind"], str) else None
    if check is None:
        return None, [f"kind {shown(row['kind'])} is not one of {', '.join(CHECKS)}"]
    keys, read = check
    problems = exact_keys(row, COMMON | keys, "the tool")
    return (None, problems) if problems else read(row, architecture)


def _npm(row: Mapping[str, Any], architecture: str) -> Checked:
    release, problems = _for_architecture(row, architecture, {"packages", "programs"})
    if release is None:
        return None, problems
    packages = release["packages"]
    problems = program_problems(release["programs"])
    if not isinstance(packages, dict) or not packages:
        problems.append("packages: expected an object with at least one package")
    else:
        problems += [f"packages: {shown(name)} is not NAME@VERSION" for name in packages if not npm_package(name)]
        wrong = [name for name, integrity in packages.items() if not is_integrity(integrity)]
        problems += [f"packages: {shown(name)} has no sha512 integrity" for name in wrong]
    if problems:
        return None, problems
    return NpmSource(packages, release["programs"], release), []


def _pip(row: Mapping[str, Any], _architecture: str) -> Checked:
    packages = row["packages"]
    problems = program_problems(row["programs"])
    if not isinstance(packages, dict) or not packages:
        problems.append("packages: expected an object with at least one package")
    else:
        problems += [f"packages: {shown(name)} is not NAME==VERSION" for name in packages if not is_pip_package(name)]
        for name, hashes in packages.items():
            if not isinstance(hashes, list) or not hashes or not all(is_sha256(one) for one in hashes):
                problems.append(f"packages: {shown(name)} has no list of SHA-256")
    if problems:
        return None, problems
    raw = {key: row[key] for key in ("version", "packages", "programs")}
    return PipSource({name: tuple(hashes) for name, hashes in packages.items()}, row["programs"], raw), []


def _deb(row: Mapping[str, Any], architecture: str) -> Checked:
    release, problems = _for_architecture(row, architecture, {"url", "sha256"})
    if release is None:
        return None, problems
    if not is_debian_name(row["package"]):
        problems.append(f"package: {shown(row['package'])} is not the name of a Debian package")
    if not is_url(release["url"]):
        problems.append(f"url: {shown(release['url'])} is not a plain https URL")
    if not is_sha256(release["sha256"]):
        problems.append(f"sha256: {shown(release['sha256'])} is not a SHA-256")
    if problems:
        return None, problems
    return DebSource(row["package"], release["url"], release["sha256"], release), []


def _apt(row: Mapping[str, Any], _architecture: str) -> Checked:
    problems = name_list_problems("packages", row["packages"])
    return (None, problems) if problems else (AptSource(tuple(row["packages"]), {"packages": row["packages"]}), [])


def _for_architecture(
    row: Mapping[str, Any], architecture: str, keys: set[str]
) -> tuple[Mapping[str, Any] | None, list[str]]:
    releases = row["architectures"]
    if not isinstance(releases, dict):
        return None, [f"architectures: expected an object, got {shown(releases)}"]
    release = releases.get(architecture)
    if release is None:
        return None, []
    if not isinstance(release, dict):
        return None, [f"architectures: {architecture}: expected an object"]
    problems = exact_keys(release, keys, f"architectures: {architecture}")
    return (None, problems) if problems else (release, [])


CHECKS: dict[str, tuple[set[str], Callable[[Mapping[str, Any], str], Checked]]] = {
    "apt": ({"packages"}, _apt),
    "deb": ({"version", "package", "architectures"}, _deb),
    "npm": ({"version", "architectures"}, _npm),
    "pip": ({"version", "packages", "programs"}, _pip),
}
