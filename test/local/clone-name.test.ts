import { describe, expect, it } from "vitest";
import { nameOfClone } from "../../sandbox/instance/name";

/** Proves that two clones on one host never get the same sandbox. */
describe("the name of a clone's sandbox", () => {
  it("tells clones apart by their real path", () => {
    expect(nameOfClone("/home/wes/Team Runtime")).toMatch(/^team-runtime-[0-9a-f]{8}$/);
    expect(nameOfClone("/a/clone")).not.toBe(nameOfClone("/b/clone"));
    expect(nameOfClone("/")).toMatch(/^clone-[0-9a-f]{8}$/);
  });
});
