"""The end of the one-time host key from user_data, once the machine has been reached over the key made here."""

from team_host import paths
from team_host.errors import Failed
from team_host.report import Report
from team_host.sshd_rollback import restart_sshd


def end_first_contact(report: Report) -> None:
    """Delete the one-time key, and have sshd forget it.

    Whoever can read the user_data knows it, and could pretend to be this server. Until the connection that
    runs this, it is what lets an update that was interrupted after `identity` come again. The drop-in that
    names the key goes last, after sshd has started without the key: a run that dies in between finds it and
    does the whole again.
    """
    if not paths.FIRST_CONTACT_DROP_IN.exists():
        return
    if not paths.IDENTITY_MARK.exists():
        raise Failed(
            "this server has no host key of its own yet. "
            "Run /usr/local/lib/team-runtime/identity here, then this again."
        )
    paths.FIRST_CONTACT_KEY.unlink(missing_ok=True)
    restart_sshd()
    paths.FIRST_CONTACT_DROP_IN.unlink()
    report.change("removed: the one-time host key of the first connection")
