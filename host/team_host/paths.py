"""Where things live on a server. The first column of the table in docs, as constants."""

from pathlib import Path

LIBRARY = Path("/usr/local/lib/team-runtime")
STAGED_ETC = LIBRARY / "etc"
WATCH = LIBRARY / "watch"

STATE = Path("/var/lib/team-runtime")
RECORD = STATE / "access.json"
ARCHIVE = STATE / "archive"
SSHD_FORMER = STATE / "sshd-former.conf"
IDENTITY_MARK = STATE / "identity"

RUN = Path("/run/team-runtime")
LOCK = RUN / "lock"
TOOLS_LOCK = RUN / "tools-lock"
WORKPLACES_LOCK = RUN / "workplaces-lock"
STOP_AFTER_STEP = RUN / "stop-after-step"
SSHD_LOADED = RUN / "sshd-loaded"
FIREWALL_LOADED = RUN / "firewall-loaded"
LOGIN_CHECK = RUN / "login-check"

SUDOERS = Path("/etc/sudoers.d/50-team-runtime")
CLOUD_SUDOERS = Path("/etc/sudoers.d/90-cloud-init-users")
HOST_KEY = Path("/etc/ssh/ssh_host_ed25519_key.pub")
AUTHORIZED_KEYS = Path("/etc/ssh/authorized_keys")
SSHD_CONFIG = Path("/etc/ssh/sshd_config")
SSHD_DROP_IN = Path("/etc/ssh/sshd_config.d/00-team-runtime.conf")
FIREWALL = Path("/etc/team-runtime/firewall.nft")
OPENINGS = Path("/etc/team-runtime/firewall.d")
TERMINAL_OPENING = OPENINGS / "terminal.nft"
FIRST_CONTACT_DROP_IN = Path("/etc/ssh/sshd_config.d/00-team-runtime-first-contact.conf")
FIRST_CONTACT_KEY = Path("/etc/ssh/team-runtime-first-contact-key")
CREDENTIALS = Path("/etc/team-runtime/credentials")
GIT_SETTINGS = Path("/etc/team-runtime/git")
GIT_KNOWN_HOSTS = Path("/etc/ssh/team-runtime-git-hosts")
GIT_SSH_CONFIG = Path("/etc/ssh/ssh_config.d/40-team-runtime-git.conf")
HOP_KEYS = Path("/etc/team-runtime/hop")
SSH_CLIENT_CONFIG = Path("/etc/ssh/ssh_config.d")
IO_LOGS = Path("/var/log/sudo-io")
JOURNAL = Path("/var/log/journal")
HOMES = Path("/home")
AGENT_SOCKETS = Path("/run/agents")
UXON = Path("/etc/uxon")

TOOLS = Path("/opt/team-runtime/tools")
TOOL_PACKAGES = STATE / "tool-packages.json"
PROGRAMS = Path("/usr/local/bin")
SYSTEM_UNITS = Path("/etc/systemd/system")
STARTED_UNITS = STATE / "started-units"
WORKSPACES = Path("/srv/projects")
PAM_LIMITS = Path("/etc/security/limits.d")

DEPLOY_LOGIN = "deploy"
LOGIN_GROUP = "team-login"
AGENT_GROUP = "team-agents"
LEAD_GROUP = "team-leads"
GROUPS = (LOGIN_GROUP, AGENT_GROUP, LEAD_GROUP)
