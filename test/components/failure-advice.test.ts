import { expect, test } from "vitest";
import { adviceFor } from "../../components/failure-advice";

// The error texts are those of the official plugins, as recorded, and of the Hetzner API.
test.each([
  ["ssh", "after 3 failed attempts: ssh: handshake failed: ssh: host key mismatch", "another host key"],
  [
    "ssh",
    "after 3 failed attempts: ssh: handshake failed: ssh: unable to authenticate, attempted methods [none publickey]",
    "refused the deploy key",
  ],
  [
    "ssh",
    "after 48 failed attempts: dial tcp 127.77.0.99:22: connect: connection refused",
    "did not answer SSH",
  ],
  ["ssh", "after 48 failed attempts: dial tcp 127.77.0.99:22: i/o timeout", "did not answer SSH"],
  ["ssh", "remote command exited without exit status or exit signal", "connection was cut"],
  ["api", "unable to authenticate (unauthorized)", "refused the API token"],
  ["api", "server deletion is protected (protected): provider=hcloud@1.35.0", "is protected"],
  ["api", "error during placement (resource_unavailable)", "no such server type free"],
  ["api", "server name is already used (uniqueness_error)", "exists already"],
] as const)("%s: %s", (kind, text, expected) => {
  const advice = adviceFor(kind, text);
  expect(advice).toContain(expected);
  expect(advice).toContain("Fix:");
});

test("a failure of the program on the host speaks for itself", () => {
  expect(adviceFor("ssh", 'Process exited with status 2: running "sudo …/apply-access"')).toBeUndefined();
});
