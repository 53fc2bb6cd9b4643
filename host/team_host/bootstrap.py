"""Bring a machine from "cloud-init is done" to "the access applier can run", and keep it there."""

from team_host import paths
from team_host.closed_paths import close_paths
from team_host.console_password import set_console_password
from team_host.deploy_keys import refuse_lock_out, set_deploy_keys
from team_host.deploy_user import set_up_deploy_user, take_power_from_image_user
from team_host.dh_groups import install_dh_groups
from team_host.files import make_folder
from team_host.firewall import install_firewall
from team_host.first_contact import end_first_contact
from team_host.lock import exclusive
from team_host.packages import install_missing_packages
from team_host.program import read_standard_input
from team_host.reapply import apply_recorded_document
from team_host.report import Report
from team_host.rsa_host_key import make_rsa_host_key
from team_host.settings import check_settings
from team_host.sshd import install_drop_in
from team_host.standing_units import start_standing_units
from team_host.su_rule import restrict_su
from team_host.system_files import install_system_files

FOLDERS = {paths.STATE: 0o700, paths.ARCHIVE: 0o700, paths.IO_LOGS: 0o700, paths.AUTHORIZED_KEYS: 0o755}


def bootstrap(report: Report) -> int:
    """The whole bootstrap, in the order that matters. Standard input: the settings, a JSON object.

    Groups come before the sshd drop-in: `AllowGroups` with a group that does not exist locks everybody out,
    and `sshd -t` does not say so.
    """
    settings = check_settings(read_standard_input())
    if settings.deploy_keys:
        refuse_lock_out(settings.deploy_keys)
    with exclusive("bootstrap"):
        install_missing_packages(report)
        set_up_deploy_user(report)
        for folder, mode in FOLDERS.items():
            if make_folder(folder, mode):
                report.change(f"made folder: {folder}")
        install_system_files(report)
        install_firewall(settings.ssh_from, report)
        start_standing_units(report)
        close_paths(report)
        restrict_su(report)
        make_rsa_host_key(report)
        install_dh_groups(report)
        end_first_contact(report)
        install_drop_in(report)
        take_power_from_image_user(report)
        if settings.deploy_keys:
            set_deploy_keys(settings.deploy_keys, report)
        if settings.console_password_hash is not None:
            set_console_password(settings.console_password_hash, report)
    # Outside of the lock, which the applier takes itself.
    apply_recorded_document(report)
    return 0
