import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { UserError } from "../../engine/user-error";
import { apiPort, gatewayAddress } from "../network/addresses";
import { networkNamespace } from "../network/names";
import { hasHostLink } from "../network/network";
import { withLock } from "./lock";
import { stateDirectory } from "./state-directory";

const numbers = Array.from({ length: 254 }, (_, index) => index + 1);

/**
 * Claims a number for an instance, or finds the one that it has: number N owns the addresses 127.77.N.0/24 and every
 * kernel object named for it. A number is free when no other instance of this user has it and nobody else on this host
 * (another user's sandbox, any other program) uses its namespace, its interface or its API's address.
 */
export async function claimNumber(name: string): Promise<number> {
  return withLock(
    stateDirectory("numbers"),
    "claiming addresses",
    () => undefined,
    async () => {
      const mine = numberOf(name);
      if (mine !== undefined) return mine;
      mkdirSync(stateDirectory("numbers"), { recursive: true, mode: 0o700 });
      const claimed = new Set(claims().map(({ number }) => number));
      for (const number of numbers) {
        if (claimed.has(number) || (await isForeign(number))) continue;
        writeFileSync(claimFile(number), `${name}\n`, { flag: "wx" });
        return number;
      }
      throw new UserError(
        "All 254 networks for sandboxes are taken. Fix: end one with `npm run sandbox -- down` in its clone.",
      );
    },
  );
}

/** The number that an instance has claimed. */
export function numberOf(name: string): number | undefined {
  return claims().find((claim) => claim.name === name)?.number;
}

export function releaseNumber(number: number): void {
  rmSync(claimFile(number), { force: true });
}

function claims(): readonly { readonly number: number; readonly name: string }[] {
  const directory = stateDirectory("numbers");
  if (!existsSync(directory)) return [];
  return readdirSync(directory).map((number) => ({
    number: Number(number),
    name: readFileSync(claimFile(Number(number)), "utf8").trim(),
  }));
}

function claimFile(number: number): string {
  return stateDirectory("numbers", String(number));
}

async function isForeign(number: number): Promise<boolean> {
  if (existsSync(`/run/netns/${networkNamespace(number)}`) || hasHostLink(number)) return true;
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => {
      resolve(true);
    });
    server.listen(apiPort, gatewayAddress(number), () => {
      server.close(() => {
        resolve(false);
      });
    });
  });
}
