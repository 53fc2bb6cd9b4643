"""Bring a machine from "cloud-init is done" to "the access applier can run", and keep it there."""

import json

from team_host import paths
from team_host.console_password import check_hash, set_console_password
from team_host.deploy_user import set_up_deploy_user, take_power_from_image_user
from team_host.errors import Refused
from team_host.files import make_folder
from team_host.first_contact import end_first_contact
from team_host.lock import exclusive
from team_host.packages import install_missing_packages
from team_host.program import read_standard_input
from team_host.report import Report
from team_host.sshd import install_drop_in
from team_host.system_files import install_system_files


def bootstrap(report: Report) -> int:
    """The whole bootstrap, in the order that matters. Standard input: the settings, a JSON object.

    Groups come before the sshd drop-in: `AllowGroups` with a group that does not exist locks everybody out,
    and `sshd -t` does not say so.
    """
    settings = check_settings(read_standard_input())
    with exclusive("bootstrap"):
        install_missing_packages(report)
        set_up_deploy_user(report)
        for folder, mode in ((paths.STATE, 0o700), (paths.ARCHIVE, 0o700), (paths.AUTHORIZED_KEYS, 0o755)):
            if make_folder(folder, mode):
                report.change(f"made folder: {folder}")
        install_system_files(report)
        end_first_contact(report)
        install_drop_in(report)
        take_power_from_image_user(report)
        if "consolePasswordHash" in settings:
            set_console_password(settings["consolePasswordHash"], report)
    return 0


def check_settings(data: bytes) -> dict[str, str]:
    """The settings; refuses those that this version does not know, so that none is silently without effect."""
    try:
        settings = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Refused([f"the settings are not JSON: {error}"]) from None
    if not isinstance(settings, dict):
        raise Refused(["the settings are not a JSON object"])
    unknown = sorted(set(settings) - {"consolePasswordHash"})
    if unknown:
        raise Refused([f"unknown setting: {name}" for name in unknown])
    return {name: check_hash(value) for name, value in settings.items()}
