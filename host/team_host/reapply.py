"""After new host software: what is in force is what this version makes of the document that was applied last."""

import json
import subprocess

from team_host import paths
from team_host.record import read_record
from team_host.report import Report

APPLIER = paths.LIBRARY / "apply-access"


def apply_recorded_document(report: Report) -> None:
    """Run the applier with the recorded document; nothing on a machine that never had one.

    A document that this version refuses is not an error here: the update that is under way brings the next one.
    """
    document = read_record().document
    if not document:
        return
    done = subprocess.run([APPLIER], input=json.dumps(document).encode(), check=False)
    if done.returncode != 0:
        report.notice("bootstrap: the access document of before was not applied again; the next one will be")
