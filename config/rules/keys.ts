import { canHold, enclaveNames, isSecurityKey } from "../enclaves";
import { isThrowawayKey } from "../throwaway-keys";
import type { PathFinding } from "../schema-problems";
import { show } from "../show";
import { leftOn } from "./rule";
import type { Rule } from "./rule";

/** Logs name people by their keys, so a key has one owner. */
export const keysHaveOneOwner: Rule = ({ people }) => {
  const owners = new Map<string, (typeof people)[number]>();
  const findings: PathFinding[] = [];
  for (const person of people) {
    for (const { key, path } of person.keys) {
      const owner = owners.get(key.fingerprint);
      if (owner === undefined) owners.set(key.fingerprint, person);
      else if (owner === person) {
        findings.push({
          path,
          sentence: `The key ${key.fingerprint} stands twice under ${show(person.login)}.`,
          fix: "Remove one of the two.",
        });
      } else {
        findings.push({
          path,
          sentence: `The key ${key.fingerprint} is used by ${show(owner.login)}${leftOn(owner)} and ${show(person.login)}; logs could not tell them apart.`,
          fix: "Give each person keys of their own. A login cannot be renamed: the old one keeps its server and its uid.",
        });
      }
    }
  }
  return findings;
};

/** The private halves of the sandbox's keys are in this repository. */
export const throwawayKeysStayInTheSandbox: Rule = ({ people }, { throwawayKeys }) => {
  if (throwawayKeys === "allowed") return [];
  return people
    .flatMap((person) => person.keys)
    .filter(({ key }) => isThrowawayKey(key))
    .map(({ key, path }) => ({
      path,
      sentence: `The key ${key.fingerprint} is a throw-away key of the local sandbox: everybody has its private half.`,
      fix: "Use the person's own key. Throw-away keys work only where the Hetzner endpoint is the sandbox.",
    }));
};

/** A key file can be copied by whatever reads the laptop's disk; a key in hardware only works where that hardware is. */
export const keysLiveInHardware: Rule = ({ people, keyPolicy }) => {
  if (keyPolicy !== "hardware") return [];
  return people
    .filter((person) => !person.hasLeft)
    .flatMap((person) => person.keys)
    .filter(({ key }) => !isSecurityKey(key.type) && key.enclave === undefined)
    .map(({ key, path }) => {
      const places = enclaveNames.filter((name) => canHold(name, key.type));
      return {
        path,
        sentence: `The key ${key.fingerprint} (${key.type}) may lie in a file, from which it can be copied; keyPolicy: hardware accepts security keys (sk-…) and keys that are marked with the enclave they live in.`,
        fix: `Make one with: ssh-keygen -t ed25519-sk -O verify-required. If this key does live in hardware, write it as { key: '${key.type} AAAA…', enclave: ${places.join(" | ")} } (docs/laptop.md).`,
      };
    });
};
