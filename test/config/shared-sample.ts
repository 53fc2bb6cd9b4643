import { keyLine } from "./sample";

/**
 * A team on a shared server: Wes and Nadia work on dev-shared, where Nadia leads Wes and Marcus, from his own server, leads
 * both; Nadia leads Olga on hers. Kim has left the shared server, and is kept there.
 */
export const sharedText = `defaults:
  server: { type: cx22, image: debian-12 }
  agents: [claude]
servers:
  dev-shared: { type: cx42, backups: true }
people:
  wes:
    keys: [${keyLine("wes")}]
    server: dev-shared
  nadia:
    keys: [${keyLine("nadia")}]
    server: dev-shared
    agents: [codex]
    limits: { memory: 4G }
  kim:
    left: 2026-11-01
    server: dev-shared
  marcus:
    keys: [${keyLine("marcus")}]
  olga:
    keys: [${keyLine("olga")}]
grants:
  - { lead: marcus, over: wes, until: 2026-12-31T23:59:59Z }
  - { lead: marcus, over: nadia, mode: watch }
  - { lead: nadia, over: wes, reason: pairing }
  - { lead: nadia, over: olga }
`;

/** The shared text with one change. Fails when there is nothing to change. */
export function sharedChanged(from: string, to: string): string {
  if (!sharedText.includes(from)) throw new Error(`The shared team file has no ${JSON.stringify(from)}.`);
  return sharedText.replace(from, () => to);
}
