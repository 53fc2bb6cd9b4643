import { z } from "zod";

/** Where the Hetzner Cloud API of a stack is, and how to be let in. */
export interface HetznerAccess {
  /** Such as `https://api.hetzner.cloud/v1`. */
  readonly endpoint: string;
  /** A secret. */
  readonly token: string;
}

/** Something of a project that may belong to a stack. */
export interface HetznerItem {
  readonly id: number;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Only SSH keys have it. */
  readonly publicKey?: string;
}

export type HetznerKind = "firewalls" | "servers" | "ssh_keys";

/** Lists everything of a kind that a project holds. Throws `HetznerError` with a sentence. */
export type ListHetzner = (access: HetznerAccess, kind: HetznerKind) => Promise<readonly HetznerItem[]>;

/** The API could not be asked. The message is a sentence with a remedy. */
export class HetznerError extends Error {}

const item = z
  .object({
    id: z.int(),
    name: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
    public_key: z.string().optional(),
  })
  .transform(({ id, name, labels, public_key: publicKey }): HetznerItem => ({
    id,
    name,
    labels,
    ...(publicKey === undefined ? {} : { publicKey }),
  }));
const pagination = z.object({ pagination: z.object({ next_page: z.int().nullable() }) });

/** Page by page, 50 at a time (https://docs.hetzner.cloud, "Pagination"). */
export const listHetzner: ListHetzner = async ({ endpoint, token }, kind) => {
  const found: HetznerItem[] = [];
  for (let page: number | null = 1; page !== null;) {
    const body: unknown = await ask(`${endpoint}/${kind}?page=${String(page)}&per_page=50`, token);
    const items = z.array(item).safeParse((body as Record<string, unknown> | null)?.[kind]);
    const meta = z.object({ meta: pagination }).safeParse(body);
    if (!items.success || !meta.success) {
      throw new HetznerError(`The answer of ${endpoint}/${kind} does not have the form of Hetzner's API.`);
    }
    found.push(...items.data);
    page = meta.data.meta.pagination.next_page;
  }
  return found;
};

async function ask(url: string, token: string): Promise<unknown> {
  let answer: Response;
  try {
    answer = await fetch(url, {
      headers: { Authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(30_000),
    });
  } catch (error) {
    const cause =
      error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new HetznerError(
      `Hetzner's API at ${url} could not be reached (${cause}). Fix: look at the network, and run this again.`,
    );
  }
  if (answer.status === 401) {
    throw new HetznerError("Hetzner refused the API token. Fix: `pulumi config set --secret hcloud:token`.");
  }
  if (!answer.ok)
    throw new HetznerError(`${url} answered ${String(answer.status)}. Fix: run this again in a while.`);
  return answer.json();
}
