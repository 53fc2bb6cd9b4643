import type { PublicKey } from "./keys";

/**
 * Fingerprints of the key pairs in `sandbox/laptops/`. Their private halves are in this repository, so they are
 * refused wherever the Hetzner endpoint is not the local sandbox.
 */
export const throwawayFingerprints: Readonly<Record<string, string>> = {
  deploy: "SHA256:L8TCgYzcv1uN1SluFILc41tD6tuzQWilWOVexjVmTsM",
  marcus: "SHA256:Oc3TNPFlEHqwL8udENighQp7cE3RbSJ2QkiFAwgoznM",
  nadia: "SHA256:bSmunXv84ppk+R6ZvgnI9F9Jqh7urpzxG55nh3s12VY",
  wes: "SHA256:VgzBQ6wsRmcx5/tL+o5qsgblkXLFuAqys3UQZ5rWetw",
};

export function isThrowawayKey(key: PublicKey): boolean {
  return Object.values(throwawayFingerprints).includes(key.fingerprint);
}
