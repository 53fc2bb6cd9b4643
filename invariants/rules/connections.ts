import { breaches, type Invariant } from "../invariant";
import { notKnown, notShown, ofType, plain, Secret, type StackResources } from "../resource";

const hostKey = /^(?:ssh-ed25519|ecdsa-sha2-nistp256) AAAA[A-Za-z0-9+/]+={0,2}$/;

/** Rules about the way to a server. */
export const connectionInvariants: readonly Invariant[] = [
  {
    name: "connections-are-secret",
    sentence: "The connection of a Command is a secret as a whole: it holds the deploy key.",
    remedy: "Make the connection with sshConnection().",
    find: connectionsAreSecret,
  },
  {
    name: "connections-are-pinned",
    sentence: "Every connection is pinned to one host key, also the first one to a new server.",
    remedy: "Make the connection with sshConnection(), and give it the server's host key.",
    find: connectionsArePinned,
  },
  {
    name: "connections-use-the-deploy-key",
    sentence: "Every connection is made as the user deploy, with a key and no password.",
    remedy: "Make the connection with sshConnection().",
    find: connectionsUseTheDeployKey,
  },
];

function connectionsAreSecret(stack: StackResources): ReturnType<Invariant["find"]> {
  return breaches(
    ofType(stack, "command"),
    // What is not known yet is not marked in a preview: it is judged by the tests over the program.
    ({ inputs }) => !(inputs["connection"] instanceof Secret) && inputs["connection"] !== notKnown,
    "its connection is not a secret.",
  );
}

function connectionsArePinned(stack: StackResources): ReturnType<Invariant["find"]> {
  return breaches(
    ofType(stack, "command"),
    (command) => {
      const key = connectionOf(plain(command, "connection"))?.["hostKey"];
      return key !== notShown && key !== notKnown && !(typeof key === "string" && hostKey.test(key));
    },
    "its connection accepts any host key.",
  );
}

function connectionsUseTheDeployKey(stack: StackResources): ReturnType<Invariant["find"]> {
  return breaches(
    ofType(stack, "command"),
    (command) => {
      const connection = connectionOf(plain(command, "connection"));
      if (connection === undefined) return true;
      const { user, privateKey, password } = connection;
      if (user === notShown) return false;
      return user !== "deploy" || privateKey === undefined || password !== undefined;
    },
    "its connection is not that of the user deploy with its key.",
  );
}

/** The parts of a connection; all of them `notShown` where the source hides it or does not know it. */
function connectionOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (value === notShown || value === notKnown) return { hostKey: notShown, user: notShown };
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
}
