"""How this machine reaches package registries: the settings that whoever runs it gave it for all programs."""

import re
from collections.abc import Mapping
from pathlib import Path

from team_host.files import read_state

ENVIRONMENT = Path("/etc/environment")
# Read by pip, npm, apt and Python: a proxy, a mirror in place of the public registry, authorities to trust.
NAMES = frozenset(
    """
    http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY PIP_INDEX_URL npm_config_registry
    NODE_EXTRA_CA_CERTS
    """.split()
)
_LINE = re.compile(r"\s*(?:export\s+)?(?P<name>[A-Za-z_]+)=(?P<quote>[\"']?)(?P<value>[\x21-\x7e]*?)(?P=quote)\s*")


def outside() -> Mapping[str, str]:
    """Those of the settings in /etc/environment (pam_env(8)) that concern package clients."""
    state = read_state(ENVIRONMENT)
    return parse_environment(state.content.decode(errors="replace")) if state is not None else {}


def parse_environment(text: str) -> dict[str, str]:
    """`NAME=VALUE` lines; everything else is passed over."""
    matches = (_LINE.fullmatch(line) for line in text.splitlines())
    return {match["name"]: match["value"] for match in matches if match and match["name"] in NAMES}
