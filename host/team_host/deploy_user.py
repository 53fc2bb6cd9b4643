"""The deploy user, the groups, and nobody else with power from the cloud image."""

import grp
import pwd

from team_host import paths
from team_host.commands import run
from team_host.errors import Failed
from team_host.files import FileState, make_folder, read_state, write_file
from team_host.report import Report
from team_host.system_files import check_sudoers

# The account that a Debian or Ubuntu cloud image makes when user_data does not say otherwise.
IMAGE_LOGINS = ("debian", "ubuntu")


def set_up_deploy_user(report: Report) -> None:
    """The groups, with the deploy user in the one whose members may log in, and the deploy user's home closed."""
    for group in paths.GROUPS:
        if not _exists(group):
            run("groupadd", "--system", group)
            report.change(f"made group: {group}")
    try:
        deploy = pwd.getpwnam(paths.DEPLOY_LOGIN)
    except KeyError:
        raise Failed(f"the deploy user {paths.DEPLOY_LOGIN} does not exist: the first boot was not complete") from None
    if make_folder(paths.HOMES / paths.DEPLOY_LOGIN, 0o700, deploy.pw_uid, deploy.pw_gid):
        report.change(f"closed to others: {paths.HOMES / paths.DEPLOY_LOGIN}")
    if paths.DEPLOY_LOGIN not in grp.getgrnam(paths.LOGIN_GROUP).gr_mem:
        run("gpasswd", "--add", paths.DEPLOY_LOGIN, paths.LOGIN_GROUP)
        report.change(f"added {paths.DEPLOY_LOGIN} to group {paths.LOGIN_GROUP}")


def _exists(group: str) -> bool:
    try:
        grp.getgrnam(group)
    except KeyError:
        return False
    return True


def lines_for_others(sudoers: str) -> list[str]:
    """The rules of cloud-init's sudoers file that are not the deploy user's."""
    lines = (line.strip() for line in sudoers.splitlines())
    return [line for line in lines if line and line[0] != "#" and line.split()[0] != paths.DEPLOY_LOGIN]


def take_power_from_image_user(report: Report) -> None:
    """The image's own login keeps its account, if it is there, but loses sudo and its password."""
    cloud = read_state(paths.CLOUD_SUDOERS)
    foreign = lines_for_others(cloud.content.decode(errors="replace")) if cloud else []
    if cloud and foreign:
        lines = cloud.content.decode(errors="replace").splitlines()
        kept = "".join(f"{line}\n" for line in lines if line.strip() not in foreign)
        write_file(paths.CLOUD_SUDOERS, FileState(kept.encode(), 0o440, 0, 0), check_sudoers)
        report.change(f"removed from {paths.CLOUD_SUDOERS}: {'; '.join(foreign)}")
    for login in IMAGE_LOGINS:
        if _exists("sudo") and login in grp.getgrnam("sudo").gr_mem:
            run("gpasswd", "--delete", login, "sudo")
            run("passwd", "--lock", login)
            report.change(f"removed {login} from group sudo")
